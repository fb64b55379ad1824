import { ApiProperty } from '@nestjs/swagger';

/** A number with decimals. Every other number of the document is a whole one. */
export const Fraction = (): PropertyDecorator => ApiProperty({ type: 'number', format: 'double' });
