/** The folder with the rules that come with the product, and with `generated/metrics.json`, the metrics that they may name. */
export const shippedRulesUrl = new URL('../rules/', import.meta.url);
