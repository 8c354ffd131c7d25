namespace Espalier.Imaging;

/// <summary>One axis of a centre crop, with torchvision's rounding.</summary>
/// <param name="Start">The first pixel that is kept.</param>
/// <param name="Count">Number of pixels kept.</param>
/// <param name="Padding">Black pixels before them, where the image is smaller than the crop.</param>
internal readonly record struct CropAxis(int Start, int Count, int Padding)
{
    public static CropAxis Centre(int size, int crop) => crop > size
        ? new CropAxis(0, size, (crop - size) / 2)
        : new CropAxis((int)Math.Round((size - crop) / 2.0, MidpointRounding.ToEven), crop, 0);
}
