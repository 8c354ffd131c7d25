using Espalier.Imaging;
using Espalier.Tensors;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace Espalier.Tests.Explaining;

/// <summary>Of a photo that is stored turned or mirrored, with an EXIF orientation, explanations are those of the upright photo, in its coordinates.</summary>
public sealed class RotatedPhotoTests : IDisposable
{
    private const int Width = 64;
    private const int Height = 48;
    private const int Input = 12; // pixels of the network's input, of the middle of the photo

    private static readonly Image s_upright = Scene();

    private readonly TemporaryFolder _folder = new();
    private readonly PhotoExplainer _explainer = new(SmallClassifier.Create(SmallClassifier.Plain with { Resize = 16, Crop = new Size(Input, Input) }).WithInput([3, Input, Input]));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _explainer.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Maps_and_receptive_fields_lie_in_the_upright_photo(int orientation)
    {
        string file = Write(orientation);
        ExplainedPhoto expected = _explainer.Read(s_upright), actual = _explainer.Read(file);
        Assert.Equal((Width, Height), (actual.Image.Width, actual.Image.Height));
        Assert.Equal(expected.Placement, actual.Placement);
        Assert.True(Distance(s_upright, actual.Image) < 0.01, $"{Distance(s_upright, actual.Image)}"); // JPEG's error, of 1
        Assert.Equal(expected.Predictions[0].Label, actual.Predictions[0].Label);

        foreach (ClassActivationMethod method in (ClassActivationMethod[])[ClassActivationMethod.Cam, ClassActivationMethod.GradCam, ClassActivationMethod.ScoreCam])
        {
            (ClassActivationMap a, ClassActivationMap b) = (Activation(_explainer, expected, method), Activation(_explainer, actual, method));
            double most = a.Values.ToArray().Max(Math.Abs);
            Assert.All(a.Values.ToArray().Zip(b.Values.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 0.05 * most));
            Assert.Equal((a.Peak, a.PeakInPhoto), (b.Peak, b.PeakInPhoto));
            Assert.True(Distance(a.Draw(), b.Draw()) < 0.02, $"{method}: {Distance(a.Draw(), b.Draw())}");
        }

        OcclusionMap covered = _explainer.Occlusion(expected, new() { Patch = 3, Class = 0 }, cancellation: Cancellation), coveredToo = _explainer.Occlusion(actual, new() { Patch = 3, Class = 0 }, cancellation: Cancellation);
        Assert.True(Distance(covered.Draw(), coveredToo.Draw()) < 0.02);

        PhotoReceptiveField field = _explainer.ReceptiveField(expected, "relu", 2, 8), same = _explainer.ReceptiveField(actual, "relu", 2, 8);
        Assert.Equal(field.Region, same.Region);
        Assert.Equal((field.Draw().Width, field.Draw().Height), (same.Draw().Width, same.Draw().Height));
        Assert.True(Distance(field.Draw(), same.Draw()) < 0.02, $"{Distance(field.Draw(), same.Draw())}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Without_the_orientation_the_map_is_that_of_the_pixels_as_stored(int orientation)
    {
        using var stored = new PhotoExplainer(_explainer.Model, new ImageClassifierOptions { Decoding = new ImageDecodingOptions { ApplyOrientation = false } });
        ExplainedPhoto photo = stored.Read(Write(orientation));
        Assert.Equal(orientation >= 5 ? (Height, Width) : (Width, Height), (photo.Image.Width, photo.Image.Height));
        Assert.NotEqual(Activation(_explainer, _explainer.Read(s_upright), ClassActivationMethod.Cam).Peak, Activation(stored, photo, ClassActivationMethod.Cam).Peak);
    }

    private static ClassActivationMap Activation(PhotoExplainer explainer, ExplainedPhoto photo, ClassActivationMethod method) => explainer.ClassActivation(photo, new() { Method = method, Class = 0 }, cancellation: Cancellation);

    /// <summary>A soft spot of red left of the middle and above it, and one of green elsewhere, so that no turn maps the photo onto itself.</summary>
    private static Image Scene()
    {
        byte[] pixels = new byte[Width * Height * Image.Channels];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int at = ((y * Width) + x) * Image.Channels;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (Spot(x - 26, y - 15), Spot(x - 40, y - 28), (byte)(2 * x));
            }
        }

        return new Image(Width, Height, pixels);

        static byte Spot(double x, double y) => (byte)Math.Round(255 * Math.Exp(-((x * x) + (y * y)) / 40));
    }

    /// <summary>The scene as a JPEG file whose rows and columns are stored as an orientation says: EXIF 2.32, tag 0x0112, has the side of the photo at which row 0 and column 0 are.</summary>
    private string Write(int orientation)
    {
        (bool isBottom, bool isRight) = orientation switch
        {
            1 or 5 => (false, false),
            2 or 6 => (false, true),
            3 or 7 => (true, true),
            _ => (true, false),
        };
        bool isTurned = orientation >= 5; // row 0 is the left or the right side
        using var stored = new SixLabors.ImageSharp.Image<Rgb24>(isTurned ? Height : Width, isTurned ? Width : Height);
        for (int row = 0; row < stored.Height; row++)
        {
            for (int column = 0; column < stored.Width; column++)
            {
                (int down, int across) = isTurned ? (column, row) : (row, column);
                (int y, int x) = (isBottom ? Height - 1 - down : down, isRight ? Width - 1 - across : across);
                ReadOnlySpan<byte> pixel = s_upright.Row(y).Slice(x * Image.Channels, Image.Channels);
                stored[column, row] = new Rgb24(pixel[0], pixel[1], pixel[2]);
            }
        }

        stored.Metadata.ExifProfile = new ExifProfile();
        stored.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)orientation);
        string path = _folder.File($"{orientation}.jpg");
        using FileStream file = File.Create(path);
        stored.Save(file, new JpegEncoder { Quality = 95, ColorType = JpegColorType.YCbCrRatio444 });
        return path;
    }

    /// <summary>The mean difference of two images, of 1.</summary>
    private static double Distance(Image first, Image second) => first.Pixels.ToArray().Zip(second.Pixels.ToArray()).Average(pair => Math.Abs(pair.First - pair.Second)) / 255.0;
}
