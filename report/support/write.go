package support

import (
	"archive/zip"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"linecheck/report/envelope"
)

// Write writes a bundle: the files as they are, which nobody hides anything in any
// more, and the manifest, whose Files it fills in.
func Write(w io.Writer, m Manifest, files map[string][]byte) error {
	z := zip.NewWriter(w)
	put := func(name string, data []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: m.Made})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	m.Schema, m.Files = Schema, List(files)
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if err := put(ManifestName, append(data, '\n')); err != nil { // first, so that a bundle that is cut off still has it
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := put(name, files[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

// List are the files of a bundle as its manifest lists them.
func List(files map[string][]byte) []File {
	list := []File{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, File{name, envelope.Digest(files[name]), len(files[name])})
	}
	return list
}
