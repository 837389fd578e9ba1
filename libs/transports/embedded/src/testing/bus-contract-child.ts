/** A process that the kill -9 tests of the bus contract kill: `<folder> <producer> <role> …`. */
import { topicNames } from '@omninode/contracts';
import { runBusContractChild } from '@omninode/testing';
import { openEmbeddedBus } from '../embedded-bus.js';

const [folder = '', producer, ...role] = process.argv.slice(2);
await runBusContractChild(openEmbeddedBus({ folder, topics: topicNames(producer) }), role);
