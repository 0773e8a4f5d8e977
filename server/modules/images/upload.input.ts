import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { UploadKind } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Payload } from '../../graphql/mutationError.type';
import { ImageType } from './image.type';
import { ImportType } from './import.type';
import { uploadUrl } from './imageUrls';
import { RefusalType } from './refusal.type';

@InputType()
export class UploadFileInput {
  @Field(() => String, { description: 'Relative path, folders kept: `cat/1.jpg`.' })
  fileName!: string;

  @Field(() => Float)
  byteSize!: number;

  @Field(() => UploadKind, { defaultValue: UploadKind.IMAGE })
  kind!: UploadKind;

  @Field(() => String, {
    nullable: true,
    description:
      'Records this class as an imported label; the class is made when missing. For archives see labelsFromFolders.',
  })
  className?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Archives: the folder an image lies in is its class.',
  })
  labelsFromFolders!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'Predicted, but never asked about.' })
  heldOut!: boolean;
}

@InputType()
export class CreateUploadsInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => [UploadFileInput])
  files!: UploadFileInput[];
}

@ObjectType('UploadTicket')
export class UploadTicketType {
  id!: string;

  @Field(() => ID, { name: 'id' })
  globalId(): string {
    return toGlobalId('UploadTicket', this.id);
  }

  @Field(() => String)
  fileName!: string;

  @Field(() => String, {
    description: 'PUT the bytes here, with the same Authorization header or cookie.',
  })
  url(): string {
    return uploadUrl(this.id);
  }

  @Field(() => GraphQLDateTime)
  expiresAt!: Date;
}

@ObjectType()
export class CreateUploadsPayload extends Payload {
  @Field(() => [UploadTicketType], { nullable: true, description: 'In the order of files.' })
  tickets?: UploadTicketType[];
}

@InputType()
export class CompleteUploadsInput {
  @Field(() => [ID])
  ticketIds!: string[];
}

@ObjectType()
export class UploadResult {
  ticket!: { id: string; fileName: string; duplicate: boolean; refusal: RefusalType | null };

  @Field(() => ID)
  ticketId(): string {
    return toGlobalId('UploadTicket', this.ticket.id);
  }

  @Field(() => String)
  fileName(): string {
    return this.ticket.fileName;
  }

  @Field(() => ImageType, { nullable: true })
  image?: ImageType;

  @Field(() => Boolean, {
    description: 'The image was in the dataset already: `image` is that one.',
  })
  duplicate(): boolean {
    return this.ticket.duplicate;
  }

  @Field(() => ImportType, {
    nullable: true,
    description: 'An archive is unpacked in the background.',
  })
  import?: ImportType;

  @Field(() => RefusalType, { nullable: true })
  refusal(): RefusalType | null {
    return this.ticket.refusal;
  }
}

@ObjectType()
export class CompleteUploadsPayload extends Payload {
  @Field(() => [UploadResult], { nullable: true })
  results?: UploadResult[];
}
