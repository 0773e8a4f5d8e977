import { RateCounter } from '../limits/rateCounter.entity';
import { Session } from '../modules/auth/session.entity';
import { User } from '../modules/auth/user.entity';
import { Certificate } from '../modules/certificates/certificate.entity';
import { Gold } from '../modules/crowd/gold.entity';
import { Class } from '../modules/datasets/class.entity';
import { Dataset } from '../modules/datasets/dataset.entity';
import { Export } from '../modules/exports/export.entity';
import { Image } from '../modules/images/image.entity';
import { Import } from '../modules/images/imports/import.entity';
import { UploadTicket } from '../modules/images/uploads/uploadTicket.entity';
import { Label } from '../modules/labels/label.entity';
import { Prediction } from '../modules/predictions/prediction.entity';
import { RunRestoration } from '../modules/predictions/restoration.entity';
import { Lease } from '../modules/tasks/lease.entity';
import { Model } from '../modules/training/head/model.entity';
import { RunReport } from '../modules/training/report/runReport.entity';
import { RetrainRun } from '../modules/training/retrainRun.entity';

export const entities = [
  Certificate,
  Class,
  Dataset,
  Export,
  Gold,
  Image,
  Import,
  Label,
  Lease,
  Model,
  Prediction,
  RateCounter,
  RetrainRun,
  RunReport,
  RunRestoration,
  Session,
  UploadTicket,
  User,
];
