package wiring

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"linecheck/checks/network"
	"linecheck/checks/session"
	"linecheck/report"
	"linecheck/report/support"
)

// Support gathers the bundle for IT support: what the home folder holds, and what this
// computer tells of its sound devices and its network now.
func Support(ctx context.Context, home string, p report.Program) (support.Manifest, map[string][]byte, error) {
	facts := append(soundFacts(ctx), network.Describe(ctx, "")...)
	facts = append(facts,
		support.Fact{Key: "program", Value: p.Name + " " + p.Version, Class: support.Public},
		support.Fact{Key: "system", Value: runtime.GOOS + " " + runtime.GOARCH, Class: support.Public},
		support.Fact{Key: "made-with", Value: runtime.Version(), Class: support.Public})
	return session.Support(home, p, facts)
}

// soundFacts are the sound devices. Their names are their makers', unless the owner
// has given them others: these are rid of the owner's name.
func soundFacts(ctx context.Context) (facts []support.Fact) {
	h, err := Helper()
	if err != nil {
		return nil
	}
	all, err := h.List(ctx)
	if err != nil {
		return []support.Fact{{Key: "sound.trouble", Value: err.Error(), Class: support.Public}}
	}
	for n, d := range all {
		facts = append(facts, support.Fact{Key: fmt.Sprintf("sound.device.%d", n+1), Class: support.Public,
			Value: fmt.Sprintf("%s [%s] inputs %d outputs %d default-input %t default-output %t", d.Name, d.API, d.Inputs, d.Outputs, d.DefaultInput, d.DefaultOutput)})
	}
	return facts
}

// WriteSupport writes a gathered bundle to a new file in a folder, and returns its path.
func WriteSupport(dir string, m support.Manifest, files map[string][]byte) (string, error) {
	var b bytes.Buffer
	if err := support.Write(&b, m, files); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "Linecheck-support-"+m.Case+"-"+time.Now().Format("20060102-150405")+".zip")
	return path, session.WriteFile(path, b.Bytes())
}
