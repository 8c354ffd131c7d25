using Espalier.Imaging;
using Espalier.Tensors;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using Image = Espalier.Imaging.Image;
using SharpImage = SixLabors.ImageSharp.Image;

namespace Espalier.ImageSharp;

/// <summary>The first page of a TIFF file. It is decoded with 16 bits for each sample, of which the high byte is taken: ImageSharp rounds to 8 bits, which Pillow does not.</summary>
internal static class TiffPage
{
    private const int MostGrayBits = 16;
    private const int MostColorBits = 64; // four samples of 16 bits

    /// <summary>Decodes the page.</summary>
    /// <param name="input">The file, for errors and limits.</param>
    /// <param name="file">All of the file.</param>
    /// <param name="formats">The configuration.</param>
    /// <param name="profile">The page's EXIF data.</param>
    /// <exception cref="MalformedInputException">Samples have more than 16 bits or are floating-point numbers, whose range the file does not say.</exception>
    internal static Image Decode(EncodedImage input, byte[] file, Configuration formats, out ExifProfile? profile)
    {
        using Image<Rgb48> image = SharpImage.Load<Rgb48>(formats, file);
        input.RequireSize(image.Width, image.Height, 0);
        TiffFrameMetadata page = image.Frames.RootFrame.Metadata.GetTiffMetadata();
        bool isGray = page.PhotometricInterpretation is TiffPhotometricInterpretation.BlackIsZero or TiffPhotometricInterpretation.WhiteIsZero;
        if ((int?)page.BitsPerPixel > (isGray ? MostGrayBits : MostColorBits))
        {
            input.Fail(0, "this TIFF image has samples of more than 16 bits or floating-point numbers; integers of up to 16 bits are supported");
        }

        byte[] pixels = new byte[image.Width * image.Height * Image.Channels];
        int to = 0;
        image.ProcessPixelRows(rows =>
        {
            for (int y = 0; y < rows.Height; y++)
            {
                foreach (Rgb48 pixel in rows.GetRowSpan(y))
                {
                    (pixels[to], pixels[to + 1], pixels[to + 2]) = ((byte)(pixel.R >> 8), (byte)(pixel.G >> 8), (byte)(pixel.B >> 8));
                    to += Image.Channels;
                }
            }
        });
        profile = image.Metadata.ExifProfile ?? image.Frames.RootFrame.Metadata.ExifProfile;
        return new Image(image.Width, image.Height, pixels)
        {
            Warnings = page.Compression == TiffCompression.Jpeg ? ["the image is compressed as JPEG within TIFF: its pixels can differ by a few levels from those of other decoders"] : [],
        };
    }
}
