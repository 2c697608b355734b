// Package tlog is the arithmetic of the append-only log of receipts: what an
// entry is, whether a receipt's proof holds, and whether one log grew out of
// another. The tree is RFC 6962's. Nothing is stored, sealed or fetched here,
// and no personal data comes in: an entry is a salted hash.
//
// What the proofs give: a server that drops or alters an entry, or puts one in
// earlier, can no longer continue from any checkpoint or receipt that somebody
// holds. What they do not give: a server that shows one log to one reader and
// another to the next is found out only where the two compare ([Conflict]), and
// the times are its own clock's. An independent witness, who signs each
// checkpoint only after checking that it continues the one before, would show
// every reader that there is one log, and would bound the time of every entry
// by a second clock. There is none in this program.
package tlog

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	merkle "golang.org/x/mod/sumdb/tlog"

	"linecheck/report"
)

const (
	// SaltSize is the length of an entry's salt, in bytes.
	SaltSize = 32
	// MaxProof bounds the hashes of any proof.
	MaxProof = 64
	// MaxSize bounds a log's entries: the largest whole numbers that every JSON
	// reader keeps exact. Far above it the tree's arithmetic would not end.
	MaxSize = 1 << 53
	// idSize is the length of a log's id in hex digits.
	idSize = 32
)

// ErrProof: a place in the log, or the log itself, is not proved.
var ErrProof = errors.New("not proved by the log")

// Check verifies that the report with that [Commitment] is at the entry's place in
// the log. It is hashing alone: who signed the entry is for the caller to know.
func Check(e report.LogEntry, commitment string) error {
	if err := bounds(e.ID, e.Size); err != nil {
		return err
	}
	if e.Index < 0 || e.Index >= e.Size {
		return fmt.Errorf("%w: entry %d of %d", ErrProof, e.Index, e.Size)
	}
	salt, err := decode(e.Salt)
	if err != nil {
		return fmt.Errorf("%w: salt: %v", ErrProof, err)
	}
	leaf, err := Leaf(commitment, salt)
	if err != nil {
		return err
	}
	root, err := decode(e.Root)
	if err != nil {
		return fmt.Errorf("%w: root: %v", ErrProof, err)
	}
	proof, err := hashes(e.Proof)
	if err != nil {
		return err
	}
	if merkle.CheckRecord(proof, e.Size, root, e.Index, leaf) != nil {
		return fmt.Errorf("%w: the proof does not lead to the log's root", ErrProof)
	}
	return nil
}

// CheckGrowth verifies that the newer log holds every entry of the older one
// at its old place. proof is as the server gives it for the two sizes.
func CheckGrowth(older, newer report.Checkpoint, proof []string) error {
	for _, c := range []report.Checkpoint{older, newer} {
		if err := bounds(c.Log, c.Size); err != nil {
			return err
		}
	}
	if older.Log != newer.Log || older.Tenant != newer.Tenant {
		return fmt.Errorf("%w: these are two logs", ErrProof)
	}
	if older.Size > newer.Size {
		return fmt.Errorf("%w: the log had %d entries and now has %d", ErrProof, older.Size, newer.Size)
	}
	from, err := decode(older.Root)
	if err != nil {
		return fmt.Errorf("%w: root: %v", ErrProof, err)
	}
	to, err := decode(newer.Root)
	if err != nil {
		return fmt.Errorf("%w: root: %v", ErrProof, err)
	}
	list, err := hashes(proof)
	if err != nil {
		return err
	}
	if merkle.CheckTree(list, newer.Size, to, older.Size, from) != nil {
		return fmt.Errorf("%w: the log of %d entries does not continue the one of %d", ErrProof, newer.Size, older.Size)
	}
	return nil
}

// slack is by how much a server's clock may be set back without remark.
const slack = 5 * time.Minute

// Conflict says how two authentic receipts of one tenant contradict each
// other, each proved for itself: two reports at one place, two trees of one
// size, or a later place with an earlier time. nil where they do not.
func Conflict(a, b report.Receipt) error {
	if a.Log.ID != b.Log.ID || a.ReportSHA256 == b.ReportSHA256 && a.Log.Index == b.Log.Index && a.Log.Root == b.Log.Root {
		return nil
	}
	if a.Log.Index > b.Log.Index {
		a, b = b, a
	}
	switch {
	case a.Log.Index == b.Log.Index:
		return fmt.Errorf("%w: entry %d of the log was given out twice", ErrProof, a.Log.Index+1)
	case a.Log.Size == b.Log.Size && a.Log.Root != b.Log.Root:
		return fmt.Errorf("%w: there are two logs of %d entries", ErrProof, a.Log.Size)
	case a.Received.After(b.Received.Add(slack)):
		return fmt.Errorf("%w: entry %d was received before entry %d, so one of the two is dated wrongly", ErrProof, b.Log.Index+1, a.Log.Index+1)
	}
	return nil
}

// Commitment is what an entry says, in hex: SHA-256 of the report's digest and
// the time it was received, as Unix seconds in 8 bytes, the highest first. So a
// receipt for the same entry with another date is not proved.
func Commitment(reportSHA256 string, received time.Time) string {
	digest, err := decode(reportSHA256)
	if err != nil {
		return "" // no entry has it
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(digest[:], uint64(received.Unix())))
	return hex.EncodeToString(sum[:])
}

// Leaf is the hash that the tree holds for a report: RFC 6962's leaf hash of
// SHA-256(commitment || salt).
func Leaf(commitment string, salt [SaltSize]byte) (merkle.Hash, error) {
	digest, err := decode(commitment)
	if err != nil {
		return merkle.Hash{}, fmt.Errorf("%w: report: %v", ErrProof, err)
	}
	entry := sha256.Sum256(append(digest[:], salt[:]...))
	return merkle.RecordHash(entry[:]), nil
}

// bounds checks what is the same for entries and checkpoints.
func bounds(id string, size int64) error {
	if b, err := hex.DecodeString(id); err != nil || len(id) != idSize || hex.EncodeToString(b) != id {
		return fmt.Errorf("%w: it names no log", ErrProof)
	}
	if size < 1 || size > MaxSize {
		return fmt.Errorf("%w: a log of %d entries", ErrProof, size)
	}
	return nil
}

// decode reads 32 bytes in lower-case hex.
func decode(s string) (h merkle.Hash, err error) {
	if len(s) != 2*merkle.HashSize {
		return h, errors.New("not 32 bytes in hex")
	}
	b, err := hex.DecodeString(s)
	if err != nil || hex.EncodeToString(b) != s {
		return h, errors.New("not 32 bytes in hex")
	}
	copy(h[:], b)
	return h, nil
}

func hashes(list []string) ([]merkle.Hash, error) {
	if len(list) > MaxProof {
		return nil, fmt.Errorf("%w: a proof of %d hashes", ErrProof, len(list))
	}
	out := make([]merkle.Hash, len(list))
	for i, s := range list {
		h, err := decode(s)
		if err != nil {
			return nil, fmt.Errorf("%w: hash %d: %v", ErrProof, i+1, err)
		}
		out[i] = h
	}
	return out, nil
}
