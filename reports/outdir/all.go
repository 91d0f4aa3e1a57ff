package outdir

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
)

// Entry is a file of a directory of --out.
type Entry struct {
	Name  string
	Write func(io.Writer) error
}

const metaName = "meta.json"

// WriteAll writes files and meta.json to a directory, and returns their names in the order in which they get them:
// meta.json before the last. All are complete before the first gets its name; an error before that leaves the directory as
// it was. Files that an earlier WriteAll has written there, and that are not among these, are removed.
func WriteAll(dir Dir, list []Entry, meta Meta) (names []string, err error) {
	list = slices.Insert(slices.Clone(list), max(len(list)-1, 0), Entry{metaName, func(w io.Writer) error { return meta.write(w) }})
	for _, e := range list {
		meta.Files = append(meta.Files, e.Name)
	}
	earlier := filesOf(dir)
	var written []File
	defer func() {
		for _, f := range written {
			f.Abort()
		}
	}()
	for _, e := range list {
		f, err := dir.Create(e.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		written = append(written, f)
		if err := e.Write(f); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	for _, e := range list {
		if e.Name == metaName { // which still says what is to be removed where this is interrupted
			if err := removeOthers(dir, earlier, meta.Files); err != nil {
				return nil, err
			}
		}
		f := written[0]
		written = written[1:]
		if err := f.Commit(); err != nil {
			return nil, err
		}
	}
	return meta.Files, nil
}

// filesOf are the files of the result in a directory.
func filesOf(dir Dir) []string {
	var meta Meta
	if text, err := dir.ReadFile(metaName); err != nil || json.Unmarshal(text, &meta) != nil {
		return nil
	}
	return meta.Files
}

// removeOthers removes the files of an earlier result that the new one lacks.
func removeOthers(dir Dir, earlier, now []string) error {
	for _, name := range earlier {
		if slices.Contains(now, name) || name != filepath.Base(name) {
			continue
		}
		if err := dir.Remove(name); err != nil {
			return err
		}
	}
	return nil
}
