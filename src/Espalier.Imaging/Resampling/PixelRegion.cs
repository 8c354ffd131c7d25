namespace Espalier.Imaging;

/// <summary>A rectangle of an image, in pixels.</summary>
internal readonly record struct PixelRegion(int Left, int Top, int Width, int Height);
