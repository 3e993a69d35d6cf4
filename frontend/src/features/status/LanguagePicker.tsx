import { Combobox, UnstyledButton, useCombobox } from '@mantine/core';
import { useState } from 'react';
import { LANGUAGES } from '../../editor/languages';
import type { CodeEditor, EditorStatus } from '../../editor/types';
import classes from './StatusLine.module.css';

const AUTO = 'auto';

interface LanguagePickerProps {
  readonly editor: CodeEditor | null;
  readonly status: EditorStatus;
}

/** The file's language; changed by hand here, for everyone in the room. */
export function LanguagePicker({ editor, status }: LanguagePickerProps) {
  const [search, setSearch] = useState('');
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.focusSearchInput(),
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch('');
      setTimeout(() => {
        // Unless a press elsewhere took it.
        const { activeElement, body } = document;
        const free = activeElement === null || activeElement === body;
        if (free || activeElement === combobox.searchRef.current) combobox.focusTarget();
      }, 0);
    },
  });
  const wanted = search.trim().toLowerCase();
  const shown = LANGUAGES.filter(
    ({ id, label }) => label.toLowerCase().includes(wanted) || id.includes(wanted),
  );

  return (
    <Combobox
      store={combobox}
      width={240}
      position="top-end"
      shadow="md"
      onOptionSubmit={(value) => {
        editor?.setLanguage(value === AUTO ? null : value);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target targetType="button">
        <UnstyledButton
          className={classes['language']}
          aria-label={`Language: ${status.languageLabel}. Change it`}
          data-testid="status-language"
          data-language={status.language}
          onClick={() => combobox.toggleDropdown()}
        >
          {status.languageLabel}
          {status.languageDetected ? '' : ' (chosen)'}
        </UnstyledButton>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder="Find a language"
          role="combobox"
          aria-expanded
          aria-label="Find a language"
          data-testid="language-search"
        />
        <Combobox.Options mah={260} style={{ overflowY: 'auto' }} aria-label="Languages">
          {wanted === '' ? (
            <Combobox.Option value={AUTO} active={status.languageDetected}>
              Auto (from name and content)
            </Combobox.Option>
          ) : null}
          {shown.map(({ id, label }) => (
            <Combobox.Option key={id} value={id} active={id === status.language}>
              {label}
            </Combobox.Option>
          ))}
          {shown.length === 0 ? <Combobox.Empty>No such language</Combobox.Empty> : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
