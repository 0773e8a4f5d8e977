import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { UploadKind } from '../../../../shared/enums';
import { toGlobalId } from '../../../graphql/globalId';
import { Payload } from '../../../graphql/mutationError.type';
import { ImageType } from '../image.type';
import { ImportType } from '../imports/import.type';
import { uploadUrl } from '../imageUrls';
import { RefusalType } from '../refusal.type';

@InputType({ description: 'A file to upload.' })
export class UploadFileInput {
  @Field(() => String, { description: 'Relative path with folders, such as `cat/1.jpg`.' })
  fileName!: string;

  @Field(() => Float, { description: 'Size of the file in bytes.' })
  byteSize!: number;

  @Field(() => UploadKind, {
    defaultValue: UploadKind.IMAGE,
    description: 'Whether the file is an image or an archive.',
  })
  kind!: UploadKind;

  @Field(() => String, {
    nullable: true,
    description:
      'Records this class as an imported label, and creates the class if necessary. For ' +
      'archives see labelsFromFolders.',
  })
  className?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'For archives: whether an image’s folder is its class.',
  })
  labelsFromFolders!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether the image is predicted, but no task asks for it.',
  })
  heldOut!: boolean;
}

@InputType({ description: 'Files to upload to a dataset.' })
export class CreateUploadsInput {
  @Field(() => ID, { description: 'The dataset that gets the images.' })
  datasetId!: string;

  @Field(() => [UploadFileInput], { description: 'The files, at most limits.maxTicketsPerCall.' })
  files!: UploadFileInput[];
}

@ObjectType('UploadTicket', { description: 'Permission to upload one file.' })
export class UploadTicketType {
  id!: string;

  @Field(() => ID, { name: 'id', description: 'Global id.' })
  globalId(): string {
    return toGlobalId('UploadTicket', this.id);
  }

  @Field(() => String, { description: 'Name of the file.' })
  fileName!: string;

  @Field(() => String, {
    description:
      'Address that takes the bytes by PUT, with the same Authorization header or cookie.',
  })
  url(): string {
    return uploadUrl(this.id);
  }

  @Field(() => GraphQLDateTime, { description: 'When the ticket ends.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'Result of createUploads.' })
export class CreateUploadsPayload extends Payload {
  @Field(() => [UploadTicketType], {
    nullable: true,
    description: 'One ticket per file, in the order of files. Null after an error.',
  })
  tickets?: UploadTicketType[];
}

@InputType({ description: 'Upload tickets whose bytes were sent.' })
export class CompleteUploadsInput {
  @Field(() => [ID], { description: 'The tickets, at most limits.maxTicketsPerCall.' })
  ticketIds!: string[];
}

@ObjectType({ description: 'Result of one completed upload.' })
export class UploadResult {
  ticket!: { id: string; fileName: string; duplicate: boolean; refusal: RefusalType | null };

  @Field(() => ID, { description: 'The ticket.' })
  ticketId(): string {
    return toGlobalId('UploadTicket', this.ticket.id);
  }

  @Field(() => String, { description: 'Name of the file.' })
  fileName(): string {
    return this.ticket.fileName;
  }

  @Field(() => ImageType, {
    nullable: true,
    description: 'The image. Null if it was refused, or for an archive.',
  })
  image?: ImageType;

  @Field(() => Boolean, {
    description: 'Whether the image was already in the dataset. `image` is then the existing one.',
  })
  duplicate(): boolean {
    return this.ticket.duplicate;
  }

  @Field(() => ImportType, {
    nullable: true,
    description: 'For an archive: the import that unpacks it in the background.',
  })
  import?: ImportType;

  @Field(() => RefusalType, {
    nullable: true,
    description: 'Why it was refused. Null if it was not.',
  })
  refusal(): RefusalType | null {
    return this.ticket.refusal;
  }
}

@ObjectType({ description: 'Result of completeUploads.' })
export class CompleteUploadsPayload extends Payload {
  @Field(() => [UploadResult], {
    nullable: true,
    description: 'One result per ticket, in the order of ticketIds. Null after an error.',
  })
  results?: UploadResult[];
}
