namespace Espalier.Imaging;

/// <summary>Combines decoded components into RGB pixels.</summary>
internal static class JpegPicture
{
    public static Image Assemble(JpegFrame frame, ColorModel model)
    {
        int stride = frame.DecodedWidth * Image.Channels;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(stride * frame.DecodedHeight);
        Upsampler[] planes = [.. frame.Components.Select(c => new Upsampler(c, frame))];
        for (int y = 0; y < frame.DecodedHeight; y++)
        {
            AssembleRow(planes, y, model, pixels.AsSpan(y * stride, stride));
        }

        return new Image(frame.DecodedWidth, frame.DecodedHeight, pixels);
    }

    private static void AssembleRow(Upsampler[] planes, int y, ColorModel model, Span<byte> pixels)
    {
        ReadOnlySpan<byte> first = planes[0].Row(y);
        if (model == ColorModel.Gray)
        {
            ColorConversion.Gray(first, pixels);
            return;
        }

        ReadOnlySpan<byte> second = planes[1].Row(y), third = planes[2].Row(y);
        if (model is ColorModel.Rgb or ColorModel.Cmyk)
        {
            ColorConversion.Rgb(first, second, third, pixels);
        }
        else
        {
            ColorConversion.YCbCr(first, second, third, pixels);
        }

        if (model == ColorModel.Ycck)
        {
            ColorConversion.Invert(pixels); // the formula gives inverted CMY, and Adobe stores CMY inverted
        }

        if (model is ColorModel.Cmyk or ColorModel.Ycck)
        {
            ColorConversion.ApplyBlack(planes[3].Row(y), pixels);
        }
    }
}
