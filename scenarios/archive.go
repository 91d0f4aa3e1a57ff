package scenarios

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

// The names in an archive.
const (
	archivedText  = "scenario.yaml"
	archivedFiles = "files"
)

// Archive is the scenario as it was read and the files that it names, as a ZIP file that [OpenArchive] reads. What
// [Spec.Set] and [Spec.Only] have changed is left out. Equal scenarios give equal bytes.
func (b *Built) Archive() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(archivedText)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b.spec.text); err != nil {
		return nil, err
	}
	for _, name := range b.Files {
		if err := archive(z, b.files, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func archive(z *zip.Writer, from fs.FS, name string) error {
	f, err := from.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := z.Create(archivedFiles + "/" + name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// OpenArchive returns the scenario of an archive and its files.
func OpenArchive(data []byte) (*Spec, fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	spec, err := Load(z, archivedText)
	if err != nil {
		return nil, nil, err
	}
	files, err := fs.Sub(z, archivedFiles)
	return spec, files, err
}
