/**
 * Rules, what they make of the stream, and what is made of them. Pure: no clock, no files, no network.
 *
 * rules/       rule files: read, checked, compiled
 * engine/      the alerts of one partition: windows, judgement, life, restart
 * rule-tests/  the tests that rules carry, run through the engine
 * generators/  Prometheus rules, promtool tests, runbooks, the reference page
 */
export { metricCatalogue } from './rules/catalogue.js';
export type { KnownMetric, MetricCatalogue } from './rules/catalogue.js';
export { parseRules } from './rules/parse-rules.js';
export type { ParsedRules, ParseOptions } from './rules/parse-rules.js';
export type { RuleProblem } from './rules/problem.js';
export { fingerprintOf } from './rules/hash.js';
export { severities } from './rules/rule.js';
export type { Level, Rule, Runbook, Severity } from './rules/rule.js';
export { AlertEngine } from './engine/alert-engine.js';
export type { Applied, EngineCounts, EngineForm, EngineOptions } from './engine/alert-engine.js';
export { meshEntity } from './engine/alert-instance.js';
export type { Moment } from './engine/teller.js';
export { meshRecord } from './engine/mesh-record.js';
export { alertingMetrics, alertingSamples } from './alerting.metrics.js';
export type { AlertingCounts } from './alerting.metrics.js';
export { shippedRulesUrl } from './shipped-rules-url.js';
export { alertingArtifacts } from './generators/artifacts.js';
export type { AlertingArtifact } from './generators/artifacts.js';
export { runbook } from './generators/runbook.js';
export { explain } from './engine/explain.js';
export type { Explanation, LevelExplanation, WindowExplanation } from './engine/explain.js';
export { conditionText } from './generators/condition-text.js';
