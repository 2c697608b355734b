package tlog

import (
	"encoding/hex"
	"fmt"

	merkle "golang.org/x/mod/sumdb/tlog"
)

// Walk recomputes a whole log from its entries, hash by hash in the stored
// order, holding no more than one hash a level. The zero value is the empty log.
type Walk struct {
	size, at int64
	peaks    []Hash // roots of the full trees so far, the largest first
}

// Size is how many entries were seen, with all hashes that they complete.
func (w *Walk) Size() int64 { return w.size }

// Next takes the next stored hash. entry is the number, from 0, of the entry
// whose hash this is; it is -1 where the hash is made of others, which it must fit.
func (w *Walk) Next(h Hash) (entry int64, err error) {
	level, n := merkle.SplitStoredHashIndex(w.at)
	w.at++
	if level == 0 {
		w.peaks = append(w.peaks, h)
		entry = n
	} else {
		k := len(w.peaks) - 2
		made := merkle.NodeHash(w.peaks[k], w.peaks[k+1])
		w.peaks = append(w.peaks[:k], made)
		entry = -1
		if made != h {
			err = fmt.Errorf("%w: stored hash %d does not fit the entries below it", ErrProof, w.at-1)
		}
	}
	if next, m := merkle.SplitStoredHashIndex(w.at); next == 0 {
		w.size = m
	}
	return entry, err
}

// Whole says whether the hashes so far are just those of [Walk.Size] entries.
func (w *Walk) Whole() bool { return w.at == merkle.StoredHashCount(w.size) }

// Root is the hex root of the entries so far. The log is [Walk.Whole] and not empty.
func (w *Walk) Root() string {
	h := w.peaks[len(w.peaks)-1]
	for i := len(w.peaks) - 2; i >= 0; i-- {
		h = merkle.NodeHash(w.peaks[i], h)
	}
	return hex.EncodeToString(h[:])
}
