package tlog_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/report"
	"linecheck/report/tlog"
)

const id = "000102030405060708090a0b0c0d0e0f"

// digest is the n'th report's.
func digest(n int64) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return hex.EncodeToString(sum[:])
}

func salt(n int64) (s [tlog.SaltSize]byte) {
	binary.BigEndian.PutUint64(s[:], uint64(n)+1000)
	return s
}

// grown is a log with the entries as they were given out.
func grown(t testing.TB, size int64) (tlog.Memory, []report.LogEntry) {
	t.Helper()
	var m tlog.Memory
	var list []report.LogEntry
	for n := range size {
		e, err := m.Add(id, n, digest(n), salt(n))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return m, list
}

// naive is RFC 6962's definition of the tree's root, word for word and slow.
func naive(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	sum := sha256.Sum256(slices.Concat([]byte{1}, naive(leaves[:k]), naive(leaves[k:])))
	return sum[:]
}

// A second opinion: the entries and roots, made without the tree's own code.
func TestRootsAreTheDefinitions(t *testing.T) {
	_, list := grown(t, 130)
	var leaves [][]byte
	for n, e := range list {
		d, _ := hex.DecodeString(digest(int64(n)))
		s := salt(int64(n))
		entry := sha256.Sum256(slices.Concat(d, s[:]))
		leaf := sha256.Sum256(slices.Concat([]byte{0}, entry[:]))
		leaves = append(leaves, leaf[:])
		if got, want := e.Root, hex.EncodeToString(naive(leaves)); got != want {
			t.Fatalf("%d entries: root %s, want %s", n+1, got, want)
		}
	}
}

func TestEveryEntryIsProved(t *testing.T) {
	_, list := grown(t, 130)
	for n, e := range list {
		if err := tlog.Check(e, digest(int64(n))); err != nil {
			t.Errorf("entry %d: %v", n, err)
		}
		if e.Index != int64(n) || e.Size != int64(n)+1 || len(e.Proof) > 8 {
			t.Errorf("entry %d: %+v", n, e)
		}
	}
}

func flip(s string) string {
	if s[7] == '0' {
		return s[:7] + "1" + s[8:]
	}
	return s[:7] + "0" + s[8:]
}

// Whatever is changed in a place, it is no longer proved.
func TestWrongPlacesAreRefused(t *testing.T) {
	_, list := grown(t, 130)
	for n := range list {
		other := list[(n+1)%len(list)]
		bends := map[string]func(e *report.LogEntry){
			"index":          func(e *report.LogEntry) { e.Index++ },
			"index before":   func(e *report.LogEntry) { e.Index-- },
			"size":           func(e *report.LogEntry) { e.Size += 64 },
			"size zero":      func(e *report.LogEntry) { e.Size = 0 },
			"size negative":  func(e *report.LogEntry) { e.Size = -1 },
			"size endless":   func(e *report.LogEntry) { e.Size = 1<<63 - 1 },
			"root":           func(e *report.LogEntry) { e.Root = flip(e.Root) },
			"another's root": func(e *report.LogEntry) { e.Root = other.Root },
			"salt":           func(e *report.LogEntry) { e.Salt = flip(e.Salt) },
			"short salt":     func(e *report.LogEntry) { e.Salt = e.Salt[2:] },
			"upper case":     func(e *report.LogEntry) { e.Root = strings.ToUpper(e.Root[:63]) + "F" },
			"no log":         func(e *report.LogEntry) { e.ID = "" },
			"log's id":       func(e *report.LogEntry) { e.ID = strings.ToUpper(e.ID) },
			"one more hash":  func(e *report.LogEntry) { e.Proof = append(slices.Clone(e.Proof), e.Root) },
			"many hashes":    func(e *report.LogEntry) { e.Proof = slices.Repeat([]string{e.Root}, tlog.MaxProof+1) },
			"no hash":        func(e *report.LogEntry) { e.Proof = append(slices.Clone(e.Proof), "") },
			"swapped":        func(e *report.LogEntry) { *e = other },
		}
		for i := range list[n].Proof {
			bends["hash"+string(rune('0'+i))] = func(e *report.LogEntry) {
				e.Proof = slices.Clone(e.Proof)
				e.Proof[i] = flip(e.Proof[i])
			}
			bends["without"+string(rune('0'+i))] = func(e *report.LogEntry) { e.Proof = slices.Delete(slices.Clone(e.Proof), i, i+1) }
		}
		for name, bend := range bends {
			e := list[n]
			bend(&e)
			if err := tlog.Check(e, digest(int64(n))); !errors.Is(err, tlog.ErrProof) {
				t.Errorf("entry %d, %s: %v", n, name, err)
			}
		}
		for size := range int64(140) {
			e := list[n]
			if e.Size == size {
				continue
			}
			e.Size = size
			if tlog.Check(e, digest(int64(n))) == nil {
				t.Errorf("entry %d: proved in a log of %d as well", n, size)
			}
		}
		for _, d := range []string{digest(int64(n) + 1), "", "x", strings.ToUpper(digest(int64(n)))} {
			if err := tlog.Check(list[n], d); !errors.Is(err, tlog.ErrProof) {
				t.Errorf("entry %d of report %q: %v", n, d, err)
			}
		}
	}
}

func at(list []report.LogEntry, size int64) report.Checkpoint {
	return report.Checkpoint{Tenant: "t", Log: id, Size: size, Root: list[size-1].Root}
}

// Every size continues every smaller one, and no other log does.
func TestGrowthIsProved(t *testing.T) {
	const most = 66
	m, list := grown(t, most)
	for to := int64(1); to <= most; to++ {
		for from := int64(1); from <= to; from++ {
			proof, err := tlog.ProveGrowth(from, to, m)
			if err != nil {
				t.Fatal(err)
			}
			older, newer := at(list, from), at(list, to)
			if err := tlog.CheckGrowth(older, newer, proof); err != nil {
				t.Fatalf("%d to %d: %v", from, to, err)
			}
			forged := newer
			forged.Root = flip(forged.Root)
			if tlog.CheckGrowth(older, forged, proof) == nil {
				t.Errorf("%d to %d: another root is taken", from, to)
			}
			forged = older
			forged.Root = flip(forged.Root)
			if tlog.CheckGrowth(forged, newer, proof) == nil {
				t.Errorf("%d to %d: another past is taken", from, to)
			}
			if tlog.CheckGrowth(older, newer, append(slices.Clone(proof), newer.Root)) == nil {
				t.Errorf("%d to %d: a longer proof is taken", from, to)
			}
		}
	}
	for name, c := range map[string][2]report.Checkpoint{
		"shrunk":         {at(list, 9), at(list, 8)},
		"another log":    {at(list, 8), {Tenant: "t", Log: strings.Repeat("0", 32), Size: 9, Root: list[8].Root}},
		"another tenant": {at(list, 8), {Tenant: "u", Log: id, Size: 9, Root: list[8].Root}},
		"empty":          {{}, {}},
		"endless":        {at(list, 8), {Tenant: "t", Log: id, Size: 1<<63 - 1, Root: list[8].Root}},
	} {
		if err := tlog.CheckGrowth(c[0], c[1], nil); !errors.Is(err, tlog.ErrProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range [][2]int64{{0, 1}, {2, 1}, {-1, 1}, {1, 1<<63 - 1}, {1, most + 1}} {
		if _, err := tlog.ProveGrowth(c[0], c[1], m); err == nil {
			t.Errorf("%d to %d was proved", c[0], c[1])
		}
	}
}

// A log from which an entry was dropped cannot continue what was given out before.
func TestADroppedEntryIsFound(t *testing.T) {
	_, list := grown(t, 20)
	var short tlog.Memory
	var fork []report.LogEntry
	for n := range int64(20) {
		d := digest(n)
		if n >= 7 {
			d = digest(n + 1) // the eighth is dropped
		}
		e, err := short.Add(id, n, d, salt(n))
		if err != nil {
			t.Fatal(err)
		}
		fork = append(fork, e)
	}
	for from := int64(1); from < 20; from++ {
		proof, err := tlog.ProveGrowth(from, 20, short)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckGrowth(at(list, from), at(fork, 20), proof); (err == nil) != (from <= 7) {
			t.Errorf("from %d: %v", from, err)
		}
	}
}

func TestWalk(t *testing.T) {
	m, list := grown(t, 70)
	var w tlog.Walk
	if !w.Whole() || w.Size() != 0 {
		t.Error("the empty log is not whole")
	}
	seen := int64(0)
	for i, h := range m {
		n, err := w.Next(h)
		if err != nil || n >= 0 && n != seen {
			t.Fatalf("hash %d: entry %d, %v", i, n, err)
		}
		if n >= 0 {
			seen++
		}
		if w.Whole() && w.Root() != list[w.Size()-1].Root {
			t.Fatalf("%d entries: another root", w.Size())
		}
	}
	if seen != 70 || w.Size() != 70 || !w.Whole() {
		t.Errorf("%d entries, %d whole", seen, w.Size())
	}
	for i := range m {
		w, bad := tlog.Walk{}, slices.Clone(m)
		bad[i][3] ^= 1
		var found bool
		for _, h := range bad {
			if _, err := w.Next(h); err != nil {
				found = true
			}
		}
		if !found && w.Root() == list[69].Root {
			t.Errorf("hash %d altered, and nothing shows it", i)
		}
	}
}

func TestConflict(t *testing.T) {
	_, list := grown(t, 9)
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	rec := func(n int64, at time.Time) report.Receipt {
		return report.Receipt{ReportSHA256: digest(n), Received: at, Log: list[n]}
	}
	var fork tlog.Memory
	forked, err := fork.Add(id, 0, digest(99), salt(0))
	if err != nil {
		t.Fatal(err)
	}
	other := rec(3, noon)
	other.Log.ID = strings.Repeat("0", 32)
	wide := rec(2, noon)
	wide.Log.Size, wide.Log.Root = 5, digest(1)
	for name, c := range map[string]struct {
		a, b report.Receipt
		ok   bool
	}{
		"in order":       {rec(2, noon), rec(5, noon.Add(time.Hour)), true},
		"the same":       {rec(2, noon), rec(2, noon), true},
		"clock set back": {rec(2, noon), rec(5, noon.Add(-time.Minute)), true},
		"another log":    {rec(2, noon), other, true},
		"dated back":     {rec(2, noon), rec(5, noon.Add(-time.Hour)), false},
		"one place":      {rec(0, noon), report.Receipt{ReportSHA256: digest(99), Received: noon, Log: forked}, false},
		"two logs":       {rec(4, noon), wide, false},
	} {
		if err := tlog.Conflict(c.a, c.b); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err := tlog.Conflict(c.b, c.a); (err == nil) != c.ok {
			t.Errorf("%s, turned: %v", name, err)
		}
	}
}

// Adding to a log that does not have the size is refused, and so is a reader that reads short.
func TestGrowRefuses(t *testing.T) {
	m, list := grown(t, 5)
	before := slices.Clone(m)
	if _, err := m.Add(id, 4, digest(9), salt(9)); err == nil {
		t.Error("an entry in the middle was taken")
	}
	if _, err := m.Add("x", 5, digest(9), salt(9)); err == nil {
		t.Error("a log without an id was taken")
	}
	if _, err := m.Add(id, 5, "x", salt(9)); err == nil {
		t.Error("a report without a digest was taken")
	}
	if diff := cmp.Diff(before, m); diff != "" {
		t.Error(diff)
	}
	if _, err := tlog.Grow(id, 9, digest(9), salt(9), m); err == nil {
		t.Error("grown from hashes that are not there")
	}
	if root, err := tlog.Root(5, m); err != nil || root != list[4].Root {
		t.Errorf("%s %v", root, err)
	}
	if _, err := tlog.Root(1<<62+1, m); err == nil {
		t.Error("an endless log has a root")
	}
}
