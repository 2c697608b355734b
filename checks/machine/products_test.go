package machine

import "testing"

func TestVirtualProduct(t *testing.T) {
	for product, want := range map[string]string{
		"VMware, Inc. VMware20,1": "vmware", "innotek GmbH VirtualBox": "virtualbox", "QEMU Standard PC (Q35 + ICH9, 2009)": "qemu",
		"Microsoft Corporation Virtual Machine": "hyper-v", "Microsoft Corporation Surface Laptop 5": "no", "Dell Inc. XPS 13 9310": "no", "": "no",
	} {
		if got := virtualProduct(product); got != want {
			t.Errorf("%q is %q, want %q", product, got, want)
		}
	}
}

func TestWindowsEdition(t *testing.T) {
	for id, want := range map[string]string{
		"Core": "home", "Professional": "home", "CoreSingleLanguage": "home", "Enterprise": "enterprise", "Education": "enterprise",
		"EnterpriseS": "other", "IoTEnterpriseS": "other", "ServerStandard": "other", "IoTEnterprise": "enterprise", "ProfessionalEducation": "home",
	} {
		if got := windowsEdition(id); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
}

func TestProfiledScreen(t *testing.T) {
	const two = `{"SPDisplaysDataType":[{"spdisplays_ndrvs":[{"_spdisplays_pixels":"3840 x 2160"},{"_spdisplays_pixels":"2880 x 1800","spdisplays_main":"spdisplays_yes"}]}]}`
	if w, h, err := profiledScreen([]byte(two)); w != 2880 || h != 1800 || err != nil {
		t.Errorf("%d x %d, %v", w, h, err)
	}
	for _, bad := range []string{``, `{}`, `[]`, `{"SPDisplaysDataType":[{"spdisplays_ndrvs":[{"_spdisplays_pixels":"wide"}]}]}`} {
		if w, _, err := profiledScreen([]byte(bad)); w != 0 || err == nil {
			t.Errorf("%.40s: %d, %v", bad, w, err)
		}
	}
}

func FuzzProfiledScreen(f *testing.F) {
	f.Add([]byte(`{"SPDisplaysDataType":[{"spdisplays_ndrvs":[{"_spdisplays_pixels":"3840 x 2160"}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, _, err := profiledScreen(text); err != nil {
			return
		}
	})
}
