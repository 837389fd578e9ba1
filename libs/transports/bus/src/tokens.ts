import { Inject } from '@nestjs/common';

/** Token of the bus: `@InjectBus() private readonly bus: Bus`. */
export const BUS = Symbol('omninode:bus');

/** Token of the full topic names: `@InjectTopics() private readonly topics: Topics`. */
export const TOPICS = Symbol('omninode:topics');

export const InjectBus = (): ParameterDecorator => Inject(BUS);
export const InjectTopics = (): ParameterDecorator => Inject(TOPICS);
