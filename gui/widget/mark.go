package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"linecheck/assets"
	"linecheck/gui/theme"
)

// NewMark is the program's own icon, so many device-independent pixels wide and high.
func NewMark(side float32) fyne.CanvasObject {
	data, err := assets.Icon("linecheck.png")
	if err != nil {
		fyne.LogError("the program's icon is missing", err)
		return container.NewWithoutLayout()
	}
	img := canvas.NewImageFromResource(fyne.NewStaticResource("linecheck.png", data))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(side))
	return img
}

// NewGrounded is content on the ground of panels, without an edge.
func NewGrounded(content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(newGround(theme.Panel), content)
}
