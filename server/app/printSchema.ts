import 'reflect-metadata';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from './schema';

process.stdout.write(`${printSchema(lexicographicSortSchema(createSchema()))}\n`);
