using Espalier.Imaging;
using Espalier.Tensors;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using IImageDecoder = Espalier.Imaging.IImageDecoder;
using Image = Espalier.Imaging.Image;
using SharpImage = SixLabors.ImageSharp.Image;

namespace Espalier.ImageSharp;

/// <summary>Decodes with a configuration that knows these four formats only. Alpha is dropped, as Pillow's <c>convert("RGB")</c> does, and of 16-bit samples the high byte is taken, as for PNG.</summary>
internal sealed class ImageSharpDecoder : IImageDecoder
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".webp", ".bmp", ".gif", ".tif", ".tiff"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> start) =>
        start.StartsWith("BM"u8) || start.StartsWith("GIF8"u8) || start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8)
        || (start.StartsWith("RIFF"u8) && start.Length >= 12 && start.Slice(8, 4).SequenceEqual("WEBP"u8));

    /// <inheritdoc/>
    public Image Decode(ReadOnlyMemory<byte> bytes, string source, ImageDecodingOptions options)
    {
        var input = new EncodedImage(bytes, source, options.Limits);
        try
        {
            byte[] file = bytes.ToArray();
            if (file.AsSpan().StartsWith("GIF8"u8) && !GifStart.DropTransparency(file))
            {
                throw new MalformedInputException(source, 0, "the first frame of this GIF image covers only a part of it, which is not supported");
            }

            using var stream = new MemoryStream(file, writable: false);
            if (SharpImage.Identify(Library.Formats, stream) is not IImageInfo header)
            {
                throw new MalformedInputException(source, 0, $"{FileContent.Describe(bytes.Span[..Math.Min(bytes.Length, Imaging.StreamContent.SignatureLength)])}, but it is damaged or of a kind that is not supported");
            }

            input.RequireSize(header.Width, header.Height, 0); // before memory of that size is allocated
            bool isTiff = !file.AsSpan().StartsWith("GIF8"u8) && !file.AsSpan().StartsWith("BM"u8) && !file.AsSpan().StartsWith("RIFF"u8);
            Image stored = isTiff ? TiffPage.Decode(input, file, Library.Formats, out ExifProfile? profile) : Decode(input, file, out profile);
            return options.ApplyOrientation ? ExifOrientation.Apply(stored, OrientationOf(profile)) : stored;
        }
#pragma warning disable CA1031 // a damaged file makes this decoder throw exceptions of many types, which are all the file's fault
        catch (Exception error) when (error is not (EspalierException or OutOfMemoryException))
#pragma warning restore CA1031
        {
            throw new MalformedInputException(source, null, $"the image cannot be decoded (it is damaged, or of a kind that is not supported): {error.Message}");
        }
    }

    private static Image Decode(EncodedImage input, byte[] file, out ExifProfile? profile)
    {
        using Image<Rgb24> image = SharpImage.Load<Rgb24>(Library.Formats, file);
        input.RequireSize(image.Width, image.Height, 0);
        byte[] pixels = new byte[image.Width * image.Height * Image.Channels];
        image.CopyPixelDataTo(pixels);
        profile = image.Metadata.ExifProfile ?? image.Frames.RootFrame.Metadata.ExifProfile;
        return new Image(image.Width, image.Height, pixels);
    }

    private static int OrientationOf(ExifProfile? profile) => profile?.GetValue(ExifTag.Orientation)?.Value is ushort value and >= 1 and <= 8 ? value : ExifOrientation.Upright;

    /// <summary>ImageSharp's side, in a class of its own so that the library is loaded with the first image and not at registration.</summary>
    private static class Library
    {
        // Enum.GetValues of ImageSharp's reader of profiles needs the array's type, which ahead-of-time compilation leaves out unless something creates one.
        private static readonly ExifDataType[] ProfileTypes = new ExifDataType[1];

        internal static Configuration Formats { get; } = Configure();

        private static Configuration Configure()
        {
            var formats = new Configuration(new WebpConfigurationModule(), new BmpConfigurationModule(), new GifConfigurationModule(), new TiffConfigurationModule());
            formats.ImageFormatsManager.SetDecoder(GifFormat.Instance, new GifDecoder { DecodingMode = FrameDecodingMode.First });
            formats.ImageFormatsManager.SetDecoder(TiffFormat.Instance, new TiffDecoder { DecodingMode = FrameDecodingMode.First });
            GC.KeepAlive(ProfileTypes);
            formats.MaxDegreeOfParallelism = 1; // the data loader decodes several images at a time
            return formats;
        }
    }
}
