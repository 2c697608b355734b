package tlog

import (
	"encoding/hex"
	"fmt"

	merkle "golang.org/x/mod/sumdb/tlog"

	"linecheck/report"
)

// Hash is one hash of the tree.
type Hash = merkle.Hash

// Reader reads stored hashes by their place in the stored order, which is that
// of golang.org/x/mod/sumdb/tlog: each hash right after the last one it is made of.
type Reader = merkle.HashReader

// Growth is what one more entry adds to a log.
type Growth struct {
	// Entry is the new place with its proof.
	Entry report.LogEntry
	// First is where Hashes go in the stored order.
	First  int64
	Hashes []Hash
}

// Grow adds a report to the log that has size entries so far, whose stored
// hashes r reads. Nothing is written: the caller stores [Growth.Hashes].
func Grow(id string, size int64, commitment string, salt [SaltSize]byte, r Reader) (Growth, error) {
	if err := bounds(id, size+1); err != nil {
		return Growth{}, err
	}
	leaf, err := Leaf(commitment, salt)
	if err != nil {
		return Growth{}, err
	}
	added, err := merkle.StoredHashesForRecordHash(size, leaf, r)
	if err != nil {
		return Growth{}, err
	}
	g := Growth{First: merkle.StoredHashCount(size), Hashes: added}
	both := overlay{r, g}
	root, err := merkle.TreeHash(size+1, both)
	if err != nil {
		return Growth{}, err
	}
	proof, err := merkle.ProveRecord(size+1, size, both)
	if err != nil {
		return Growth{}, err
	}
	g.Entry = report.LogEntry{
		ID: id, Index: size, Size: size + 1, Root: hex.EncodeToString(root[:]), Salt: hex.EncodeToString(salt[:]), Proof: texts(proof),
	}
	return g, nil
}

// ProveGrowth is the proof for [CheckGrowth] that the log of size to continues
// the one of size from; 1 <= from <= to, and r reads a log of at least to entries.
func ProveGrowth(from, to int64, r Reader) ([]string, error) {
	if from < 1 || to < from || to > MaxSize {
		return nil, fmt.Errorf("no log of %d entries grows to %d", from, to)
	}
	proof, err := merkle.ProveTree(to, from, r)
	if err != nil {
		return nil, err
	}
	return texts(proof), nil
}

// Root is the hex root of the log's first size entries.
func Root(size int64, r Reader) (string, error) {
	if size < 0 || size > MaxSize {
		return "", fmt.Errorf("no log has %d entries", size)
	}
	h, err := merkle.TreeHash(size, r)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(h[:]), nil
}

// overlay reads what was just added before it is stored.
type overlay struct {
	stored Reader
	added  Growth
}

// ReadHashes takes each hash from where it is.
func (o overlay) ReadHashes(at []int64) ([]Hash, error) {
	out := make([]Hash, len(at))
	var old, where []int64
	for i, n := range at {
		if k := n - o.added.First; k >= 0 && k < int64(len(o.added.Hashes)) {
			out[i] = o.added.Hashes[k]
			continue
		}
		old, where = append(old, n), append(where, int64(i))
	}
	if len(old) == 0 {
		return out, nil
	}
	read, err := o.stored.ReadHashes(old)
	if err != nil {
		return nil, err
	}
	if len(read) != len(old) {
		return nil, fmt.Errorf("%d hashes were read instead of %d", len(read), len(old))
	}
	for i, h := range read {
		out[where[i]] = h
	}
	return out, nil
}

func texts(list []Hash) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = hex.EncodeToString(h[:])
	}
	return out
}

// Memory is a log's stored hashes in memory: for vectors and small tools.
type Memory []Hash

// ReadHashes reads hashes by their place.
func (m Memory) ReadHashes(at []int64) ([]Hash, error) {
	out := make([]Hash, len(at))
	for i, n := range at {
		if n < 0 || n >= int64(len(m)) {
			return nil, fmt.Errorf("no hash is stored at %d", n)
		}
		out[i] = m[n]
	}
	return out, nil
}

// Add adds a report as entry number size, counted from 0, and returns its place.
func (m *Memory) Add(id string, size int64, commitment string, salt [SaltSize]byte) (report.LogEntry, error) {
	if merkle.StoredHashCount(size) != int64(len(*m)) {
		return report.LogEntry{}, fmt.Errorf("the log does not have %d entries", size)
	}
	g, err := Grow(id, size, commitment, salt, *m)
	if err != nil {
		return report.LogEntry{}, err
	}
	*m = append(*m, g.Hashes...)
	return g.Entry, nil
}
