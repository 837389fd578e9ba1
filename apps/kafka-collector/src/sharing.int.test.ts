import { sharedIds, sharesTargets } from '@omninode/testing';

sharesTargets({
  app: 'kafka-collector',
  async start({ brokers }) {
    const targets = sharedIds.map((id) => ({ id, kind: 'kafka', url: brokers.join(',') }));
    return { targets, stop: async () => undefined };
  },
  settings: { fastInterval: '1s', mediumInterval: '5s' },
  counters: /^omninode_kafka_topic_[a-z_]*_total$/,
});
