import { createHash } from 'node:crypto';

export interface Script {
	text: string;
	/** Under which Redis keeps it. */
	sha: string;
}

const script = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') });

/**
 * One commit. KEYS: about, done, then those of the changes. ARGV: the id of the data, how long (ms) the outcome is kept,
 * then for each change a word, the place of its key in KEYS (for records: of the three in a row) and what belongs to it.
 * Everything is looked at before anything is written, because what a script has written stays.
 *
 * Gives {'made', numbers}, {'conflict', place of the change, what was found}, or {'gone'}.
 */
export const commitScript = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'gone'} end
local before = redis.call('GET', KEYS[2])
if before then return {'made', before} end

local present, last, lengths = {}, {}, {}
local numbers, writes = {}, {}

local function look(key, field)
	local id = key .. ' ' .. field
	if present[id] == nil then
		local kept = redis.call('HGET', KEYS[key], field)
		if kept then
			present[id] = tonumber(string.match(kept, '^%d+'))
			last[id] = 0
		else
			present[id] = 0
			last[id] = tonumber(redis.call('HGET', KEYS[key + 2], field) or '0')
		end
	end
	return id
end

local at, count = 3, 0
while at <= #ARGV do
	local word, key = ARGV[at], tonumber(ARGV[at + 1])
	local number, found = 0, 0
	local expected
	count = count + 1
	if word == 'append' then
		expected = ARGV[at + 2]
		found = (lengths[key] or redis.call('LLEN', KEYS[key])) + 1
		number = found
		lengths[key] = found
		writes[#writes + 1] = {'RPUSH', KEYS[key], ARGV[at + 3]}
		at = at + 4
	elseif word == 'drop' then
		expected = ''
		lengths[key] = 0
		writes[#writes + 1] = {'DEL', KEYS[key]}
		at = at + 2
	else
		local field = ARGV[at + 2]
		local id = look(key, field)
		expected = ARGV[at + 3]
		found = present[id]
		if word == 'put' then
			number = (found > 0 and found or last[id]) + 1
			writes[#writes + 1] = {'HSET', KEYS[key], field, string.format('%.0f ', number) .. ARGV[at + 4]}
			if found == 0 then writes[#writes + 1] = {'ZADD', KEYS[key + 1], '0', field} end
			if last[id] > 0 then writes[#writes + 1] = {'HDEL', KEYS[key + 2], field} end
			present[id] = number
			last[id] = 0
			at = at + 5
		elseif word == 'delete' then
			if found > 0 then
				writes[#writes + 1] = {'HDEL', KEYS[key], field}
				writes[#writes + 1] = {'ZREM', KEYS[key + 1], field}
				writes[#writes + 1] = {'HSET', KEYS[key + 2], field, string.format('%.0f', found)}
				last[id] = found
				present[id] = 0
			end
			at = at + 4
		else
			at = at + 4
		end
	end
	if expected ~= '' and tonumber(expected) ~= found then
		return {'conflict', tostring(count), string.format('%.0f', found)}
	end
	numbers[count] = string.format('%.0f', number)
end

local made = table.concat(numbers, ' ')
for _, write in ipairs(writes) do redis.call(unpack(write)) end
if #writes > 0 then redis.call('SET', KEYS[2], made, 'PX', ARGV[2]) end
for key, length in pairs(lengths) do redis.call('PUBLISH', KEYS[key], string.format('%.0f', length)) end
return {'made', made}
`);

/** One page of a kind. KEYS: order, record. ARGV: where it begins, how many. Gives the keys and what is kept of them. */
export const listScript = script(`
local fields = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', '0', ARGV[2])
if #fields == 0 then return {{}, {}} end
return {fields, redis.call('HMGET', KEYS[2], unpack(fields))}
`);
