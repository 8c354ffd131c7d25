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

/// <summary>Decodes with a configuration that knows these four formats only. Alpha is dropped, as Pillow's <c>convert("RGB")</c> does.</summary>
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
            using var stream = new MemoryStream(bytes.ToArray(), writable: false);
            if (SharpImage.Identify(Library.Formats, stream) is not IImageInfo header)
            {
                throw new MalformedInputException(source, 0, $"{FileContent.Describe(bytes.Span[..Math.Min(bytes.Length, Imaging.StreamContent.SignatureLength)])}, but it is damaged or of a kind that is not supported");
            }

            input.RequireSize(header.Width, header.Height, 0); // before memory of that size is allocated
            using Image<Rgb24> image = SharpImage.Load<Rgb24>(Library.Formats, bytes.Span);
            input.RequireSize(image.Width, image.Height, 0);
            byte[] pixels = new byte[image.Width * image.Height * Image.Channels];
            image.CopyPixelDataTo(pixels);
            var upright = new Image(image.Width, image.Height, pixels);
            return options.ApplyOrientation ? ExifOrientation.Apply(upright, OrientationOf(image.Metadata.ExifProfile ?? image.Frames.RootFrame.Metadata.ExifProfile)) : upright;
        }
#pragma warning disable CA1031 // a damaged file makes this decoder throw exceptions of many types, which are all the file's fault
        catch (Exception error) when (error is not (EspalierException or OutOfMemoryException))
#pragma warning restore CA1031
        {
            throw new MalformedInputException(source, null, $"the image cannot be decoded: {error.Message}");
        }
    }

    // Of a TIFF file the profile belongs to the page.
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
