namespace Espalier.Imaging;

/// <summary>What application segments (JFIF, Adobe, EXIF) say about colour model and orientation.</summary>
internal sealed class JpegApplicationData
{
    private const int AdobeLength = 12;
    private const int AdobeTransformAt = 11;

    private bool _hasJfif;
    private int? _adobeTransform;
    private int? _orientation;

    /// <summary>EXIF's orientation, 1 to 8, from the first EXIF segment.</summary>
    public int Orientation => _orientation ?? ExifOrientation.Upright;

    public void Read(int marker, ReadOnlySpan<byte> segment)
    {
        switch (marker)
        {
            case JpegMarker.Application0 when segment.StartsWith("JFIF\0"u8):
                _hasJfif = true;
                break;
            case JpegMarker.Application1 when segment.StartsWith("Exif\0\0"u8):
                _orientation ??= ExifOrientation.Find(segment[6..]);
                break;
            case JpegMarker.Application14 when segment.StartsWith("Adobe"u8) && segment.Length >= AdobeLength:
                _adobeTransform = segment[AdobeTransformAt];
                break;
        }
    }

    /// <summary>The colour model, by libjpeg's rules, since the format itself does not define it.</summary>
    public ColorModel Model(JpegComponent[] components)
    {
        switch (components.Length)
        {
            case 1:
                return ColorModel.Gray;
            case 4:
                return _adobeTransform is null or 0 ? ColorModel.Cmyk : ColorModel.Ycck;
            default:
                bool isNamedRgb = components[0].Id == 'R' && components[1].Id == 'G' && components[2].Id == 'B';
                bool isRgb = !_hasJfif && (_adobeTransform is { } transform ? transform == 0 : isNamedRgb);
                return isRgb ? ColorModel.Rgb : ColorModel.YCbCr;
        }
    }
}
