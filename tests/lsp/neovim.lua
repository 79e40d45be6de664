-- What a person does with the language server in neovim 0.7 and later: looks at the findings of
-- a file, applies a fix to text that nobody saved, lets all safe fixes in on save, reads a page.
-- Run by `nvim --headless`; what it sees goes to standard output, a failure ends it with status 1.

local server, root, file = os.getenv('GOMEND'), os.getenv('GOMEND_ROOT'), os.getenv('GOMEND_FILE')
local patience = 120000

local function say(...)
  io.stdout:write(string.format(...), '\n')
end

local function fail(...)
  say('FAILED: ' .. string.format(...))
  vim.cmd('cquit 1')
end

local function wait(what, done)
  if not vim.wait(patience, done, 20) then
    fail('%s did not come', what)
  end
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, true)
end

local function findings()
  local found = vim.diagnostic.get(0)
  table.sort(found, function(a, b)
    return a.lnum < b.lnum or (a.lnum == b.lnum and a.col < b.col)
  end)
  return found
end

local function level(finding)
  return finding.user_data.lsp.data and finding.user_data.lsp.data.level or '?'
end

local function list()
  for _, one in ipairs(findings()) do
    say('  %d:%d %s (%s) %s', one.lnum + 1, one.col + 1, one.code or one.user_data.lsp.code, level(one),
      vim.split(one.message, '\n')[1])
  end
end

local function run()
  local messages = {}
  vim.lsp.handlers['window/showMessage'] = function(_, result)
    table.insert(messages, result.message)
  end
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  vim.bo.filetype = 'go'
  local id = vim.lsp.start_client({ name = 'gomend', cmd = { server, 'lsp', '--trusted' }, root_dir = root })
  vim.lsp.buf_attach_client(0, id)
  local told = 0
  vim.api.nvim_create_autocmd('DiagnosticChanged', { callback = function() told = told + 1 end })
  local function after_edit(edit)
    local before = told
    edit()
    wait('the findings of the new text', function() return told > before end)
  end
  wait('a finding', function() return #vim.diagnostic.get(0) > 0 end)
  say('findings in %s:', vim.fn.fnamemodify(file, ':t'))
  list()

  say('an edit that is not saved: a line at the top')
  local line = findings()[1].lnum
  after_edit(function() vim.api.nvim_buf_set_lines(0, 0, 0, true, { '// not saved \240\159\152\128' }) end)
  wait('a finding one line further down', function()
    return findings()[1] and findings()[1].lnum == line + 1
  end)

  local target
  for _, one in ipairs(findings()) do
    if level(one) == 'safe' and not target then
      target = one
    end
  end
  if not target then
    fail('no safe finding')
  end
  vim.api.nvim_win_set_cursor(0, { target.lnum + 1, target.col })
  say('hover at %d:%d:', target.lnum + 1, target.col + 1)
  local answer = vim.lsp.buf_request_sync(0, 'textDocument/hover', vim.lsp.util.make_position_params(), patience)
  local page = answer[id].result.contents.value
  for index, text in ipairs(vim.split(page, '\n')) do
    if index <= 9 then
      say('  | %s', text)
    end
  end

  -- The menu of code actions, from which the first is chosen, as with a key of one's own.
  local before = lines()
  local chosen
  vim.ui.select = function(items, options, choose)
    say('code actions:')
    for _, item in ipairs(items) do
      say('  %s', (options.format_item(item):gsub('\n', ' ')))
    end
    chosen = items[1]
    choose(items[1], 1)
  end
  vim.lsp.buf.code_action()
  wait('the fix', function() return chosen and not vim.deep_equal(lines(), before) end)
  say('the buffer after the first of them, which is not saved:')
  local diff = vim.diff(table.concat(before, '\n') .. '\n', table.concat(lines(), '\n') .. '\n', { ctxlen = 1 })
  say('%s', diff)
  if not vim.bo.modified then
    fail('the buffer should not be saved')
  end

  -- The way of docs/editors.md to let all safe fixes in when a file is saved.
  vim.api.nvim_create_autocmd('BufWritePre', {
    buffer = 0,
    callback = function()
      local params = vim.lsp.util.make_range_params()
      params.context = { only = { 'source.fixAll.gomend' }, diagnostics = {} }
      local encoding = vim.lsp.get_client_by_id(id).offset_encoding
      local actions = vim.lsp.buf_request_sync(0, 'textDocument/codeAction', params, patience)[id]
      for _, action in ipairs(actions and actions.result or {}) do
        local resolved = action
        if not action.edit then
          local all = vim.lsp.buf_request_sync(0, 'codeAction/resolve', action, patience)[id]
          resolved = all and all.result or {}
        end
        if resolved.edit then
          vim.lsp.util.apply_workspace_edit(resolved.edit, encoding)
        end
      end
    end,
  })
  say('saved, with all safe fixes:')
  after_edit(function() vim.cmd('write') end)
  wait('only findings that are not safe', function()
    for _, one in ipairs(findings()) do
      if level(one) == 'safe' then
        return false
      end
    end
    return true
  end)
  list()
  for _, message in ipairs(messages) do
    say('message: %s', message)
  end
  vim.lsp.stop_client(id)
  wait('the end of the server', function() return vim.lsp.get_client_by_id(id) == nil end)
  say('done')
  vim.cmd('qall!')
end

local fine, why = pcall(run)
if not fine then
  fail('%s', why)
end
