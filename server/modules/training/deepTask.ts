import type { Backbone } from '../../../models/backbones/registry';
import type { DeepProgress } from '../../../models/training/deep/progress';
import type { TfjsBackend } from '../../../models/engine/names';
import type { DeepOptionsRecord } from './retrainRun.entity';

export interface TaskImage {
  /** Path of a file. */
  image: string;
  /** Column of its class. */
  label: number;
}

/** All that the process that trains a network needs to know, as a JSON file. */
export interface DeepTask {
  /** What people call the network. */
  name: string;
  /** The pretrained backbone to go on training; null to train AlexNet from nothing. */
  backbone: Pick<Backbone, 'id' | 'file' | 'sha256' | 'inputSize' | 'preprocessing'> | null;
  classes: number;
  images: { train: TaskImage[]; validation: TaskImage[]; test: TaskImage[] };
  options: DeepOptionsRecord;
  /** Weights of an earlier network to begin with; null for fresh ones. */
  startFile: string | null;
  /** Where it puts itself away after every epoch. */
  checkpointFile: string;
  /** Where the ONNX file and the weights go. */
  networkFile: string;
  weightsFile: string;
  seed: number;
  backend: TfjsBackend | 'auto';
  threads: number;
}

/** What that process says on its way. */
export type DeepMessage =
  | { type: 'progress'; progress: DeepProgress }
  | { type: 'done'; engine: string; imagesPerSecond: number; epoch: number }
  /** `known`: something that people can do something about. */
  | { type: 'failed'; message: string; known: boolean };
