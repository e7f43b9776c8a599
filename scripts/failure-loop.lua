-- Finds an agent that goes in circles: looks at its last tool calls and says what repeats.

local tools = context.history.tools
local first = math.max(1, #tools - params.window + 1)

-- Arguments as one text, the same for the same arguments whatever the order of their keys.
local function text_of(value)
    if type(value) ~= "table" then
        return type(value) .. ":" .. tostring(value)
    end
    local parts = {}
    for key, item in pairs(value) do
        parts[#parts + 1] = tostring(key) .. "=" .. text_of(item)
    end
    table.sort(parts)
    return "{" .. table.concat(parts, ",") .. "}"
end

local function notify(message)
    return {
        type = "notify_self",
        category = "warning",
        priority = "high",
        deliver_at = "turn_start",
        message = message,
    }
end

-- How many of the last calls `same` holds for, counted from the newest one.
local function streak(same)
    local count = 0
    for i = #tools, first, -1 do
        if not same(tools[i], i) then
            break
        end
        count = count + 1
    end
    return count
end

local last = tools[#tools]
if not last then
    return false
end
local call = last.name .. text_of(last.arguments)

local repeats = streak(function(tool)
    return tool.name .. text_of(tool.arguments) == call
end)
if repeats >= params.repeats then
    return notify(("You called `%s` %d times in a row with the same arguments. "
        .. "The answer will not change: use what you have, or try something else."):format(last.name, repeats))
end

local failures = streak(function(tool)
    return tool.name == last.name and not tool.success
end)
if failures >= params.failures then
    return notify(("`%s` failed %d times in a row. "
        .. "Do not try it again: use another tool, or tell the user what is missing."):format(last.name, failures))
end

local before = tools[#tools - 1]
if before and before.name ~= last.name then
    local alternating = streak(function(tool, i)
        local expected = (#tools - i) % 2 == 0 and last or before
        return tool.name == expected.name and text_of(tool.arguments) == text_of(expected.arguments)
    end)
    if alternating >= 2 * params.pairs then
        return notify(("You go back and forth between `%s` and `%s`, %d calls so far, always with the same "
            .. "arguments. Stop, and decide with what you know."):format(before.name, last.name, alternating))
    end
end

return false
