import { ApiProperty } from '@nestjs/swagger';

/** A number with decimals. All other numbers in the document are whole. */
export const Fraction = (): PropertyDecorator => ApiProperty({ type: 'number', format: 'double' });
