import { Inject } from '@nestjs/common';

/** Token of the bus: `@InjectBus() private readonly bus: Bus`. */
export const BUS = Symbol('omninode:bus');

/** Token of the full topic names: `@InjectTopics() private readonly topics: Topics`. */
export const TOPICS = Symbol('omninode:topics');

/** Token of the process's `MeasurementPublisher`: `@InjectPublisher() private readonly publisher: MeasurementPublisher`. */
export const PUBLISHER = Symbol('omninode:publisher');

export const InjectBus = (): ParameterDecorator => Inject(BUS);
export const InjectTopics = (): ParameterDecorator => Inject(TOPICS);
export const InjectPublisher = (): ParameterDecorator => Inject(PUBLISHER);
