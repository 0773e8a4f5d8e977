import { ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';

@ObjectType({ implements: DatasetEvent })
export class DatasetChanged extends DatasetEvent {}

@ObjectType({ implements: DatasetEvent })
export class ClassesChanged extends DatasetEvent {}
