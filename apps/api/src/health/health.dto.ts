export class AliveDto {
  status: string;
}
