package policy

import "sync"

// mostKept bounds a memo; beyond it everything is forgotten.
const mostKept = 64

// Memo remembers the policies it has parsed by their texts, for whoever reads the same ones again
// and again. What it returns is shared, and not to be changed. Its zero value is ready, and its
// method may be called from any goroutine.
type Memo struct {
	mu   sync.Mutex
	kept map[string]Policy
}

// Parse is [Parse].
func (m *Memo) Parse(data []byte) (Policy, error) {
	m.mu.Lock()
	p, ok := m.kept[string(data)]
	m.mu.Unlock()
	if ok {
		return p, nil
	}
	p, err := Parse(data)
	if err != nil {
		return p, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= mostKept {
		m.kept = map[string]Policy{}
	}
	m.kept[string(data)] = p
	return p, nil
}
