import type { FormField } from '../../core/foreign-form.ts';
import { say } from '../say.ts';
import { escapeUnseen } from '../text/escape-unseen.ts';
import { partsOf } from '../text/exact-text.tsx';
import { type FormEntry, fullHintOf, hintOf } from './form-entry.ts';

const INPUTS = { email: 'email', uri: 'url', date: 'date', 'date-time': 'text' } as const;
/** The value of what holds nothing. */
const NOTHING = '';

interface FieldProps {
	field: FormField;
	/** Of its control. */
	id: string;
	entry: FormEntry;
	isWrong: boolean;
	onChange(entry: FormEntry): void;
}

/** One field with its label, what is expected, and what is wrong with it. Its texts are foreign. */
export function FormInput({ field, id, entry, isWrong, onChange }: FieldProps) {
	const { label, description, required } = field;
	const name = (
		<>
			<bdi>{partsOf(label)}</bdi>
			{required && (
				<span className="required">
					<span aria-hidden="true"> *</span>
					<span className="unseen">{say('form.required')}</span>
				</span>
			)}
		</>
	);
	const about = (
		<p className="hint" id={`${id}-hint`}>
			{description !== '' && (
				<>
					<bdi>{partsOf(description)}</bdi>
					<br />
				</>
			)}
			{escapeUnseen(fullHintOf(field))}
		</p>
	);
	const fault = isWrong && (
		<p className="problem" id={`${id}-fault`}>
			{say('form.wrong', { hint: hintOf(field) })}
		</p>
	);
	const described = `${id}-hint${isWrong ? ` ${id}-fault` : ''}`;
	if (field.type === 'choice' && field.several !== null) {
		return (
			<fieldset aria-describedby={described}>
				<legend>{name}</legend>
				{about}
				<Several options={field.options} entry={entry} onChange={onChange} />
				{fault}
			</fieldset>
		);
	}
	return (
		<div>
			<label htmlFor={id}>{name}</label>
			{about}
			<Control
				{...{ field, entry, onChange }}
				given={{
					id,
					'aria-required': required,
					'aria-invalid': isWrong,
					'aria-describedby': described,
				}}
			/>
			{fault}
		</div>
	);
}

interface ControlProps extends Pick<FieldProps, 'field' | 'entry' | 'onChange'> {
	given: { id: string; 'aria-required': boolean; 'aria-invalid': boolean; 'aria-describedby': string };
}

function Control({ field, entry, onChange, given }: ControlProps) {
	const typed = typeof entry === 'string' ? entry : NOTHING;
	if (field.type === 'text' || field.type === 'number') {
		return (
			<input
				{...given}
				type={field.type === 'text' && field.shape !== null ? INPUTS[field.shape] : 'text'}
				inputMode={field.type === 'number' ? 'decimal' : undefined}
				dir="auto"
				autoComplete="off"
				value={typed}
				onChange={({ target }) => onChange(target.value)}
			/>
		);
	}
	const labels =
		field.type === 'boolean'
			? [say('form.yes'), say('form.no')]
			: field.options.map(({ label }) => escapeUnseen(label));
	return (
		<select {...given} value={typed} onChange={({ target }) => onChange(target.value || null)}>
			<option value={NOTHING}>{say('form.nothing')}</option>
			{labels.map((label, at) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: an option is its place
				<option key={at} value={String(at)}>
					{label}
				</option>
			))}
		</select>
	);
}

function Several({
	options,
	entry,
	onChange,
}: {
	options: readonly { value: string; label: string }[];
	entry: FormEntry;
	onChange(entry: FormEntry): void;
}) {
	const chosen = typeof entry === 'object' ? (entry ?? []) : [];
	return options.map(({ value, label }, at) => {
		const position = String(at);
		const others = chosen.filter((one) => one !== position);
		return (
			<label key={value} className="check">
				<input
					type="checkbox"
					checked={chosen.includes(position)}
					onChange={({ target }) => onChange(target.checked ? [...others, position] : others)}
				/>
				<bdi>{partsOf(label)}</bdi>
			</label>
		);
	});
}
