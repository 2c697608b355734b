package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrLarger: the file is larger than what is read of one.
var ErrLarger = errors.New("larger")

// ReadFile reads a file of at most limit bytes; of a larger one it returns a byte
// more, with [ErrLarger]. What is no file, as a folder or
// a pipe that never ends, is not read.
func ReadFile(name string, limit int) ([]byte, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return nil, fmt.Errorf("%s is a folder", name)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err == nil && len(data) > limit {
		err = fmt.Errorf("%s is %w than the %d bytes that it may have", name, ErrLarger, limit)
	}
	return data, err
}
