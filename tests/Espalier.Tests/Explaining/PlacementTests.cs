using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Tests.Explaining;

/// <summary>Maps lie in the photo where the network has seen it.</summary>
public class PlacementTests
{
    public static TheoryData<Preprocessing, int, int, PhotoBox> Placements => new()
    {
        { SmallClassifier.Plain with { Resize = 4, Crop = new Size(4, 4) }, 12, 8, new PhotoBox(0, 2, 8, 10) },
        { SmallClassifier.Plain with { Resize = 8, Crop = new Size(4, 4) }, 8, 16, new PhotoBox(6, 2, 10, 6) },
        { SmallClassifier.Plain with { Crop = new Size(4, 4) }, 9, 7, new PhotoBox(2, 2, 6, 6) },
        { SmallClassifier.Plain with { Crop = new Size(4, 4) }, 3, 2, new PhotoBox(-1, 0, 3, 4) }, // padded with black
        { SmallClassifier.Plain with { Stretch = new Size(4, 4) }, 12, 20, new PhotoBox(0, 0, 20, 12) },
        { SmallClassifier.Plain, 4, 4, new PhotoBox(0, 0, 4, 4) },
    };

    [Theory]
    [MemberData(nameof(Placements))]
    public void The_input_is_the_crop_of_the_resized_photo(Preprocessing preprocessing, int width, int height, PhotoBox expected)
    {
        InputPlacement placement = InputPlacement.Of(preprocessing, [3, 4, 4], new Image(width, height, new byte[width * height * 3]));
        Assert.Equal(expected, placement.Whole);
        Assert.Equal((0.0, 0.0), placement.ToInput(expected.Left, expected.Top));
        Assert.Equal((4.0, 4.0), placement.ToInput(expected.Right, expected.Bottom));
        Assert.Equal(new PhotoBox(expected.Top, expected.Left, (expected.Top + expected.Bottom) / 2, (expected.Left + expected.Right) / 2), placement.ToPhoto(new PixelBox(0, 0, 2, 2)));
    }

    [Fact]
    public void A_bright_spot_is_found_where_it_is_in_the_photo()
    {
        Preprocessing[] all =
        [
            SmallClassifier.Plain with { Resize = 16, Crop = new Size(12, 12) }, SmallClassifier.Plain with { Resize = 12, Crop = new Size(12, 12) }, SmallClassifier.Plain with { Stretch = new Size(12, 12) },
            SmallClassifier.Plain with { Crop = new Size(60, 60) }, SmallClassifier.Plain with { Resize = 20, Crop = new Size(24, 24) },
        ];
        foreach (Preprocessing preprocessing in all)
        {
            using var explainer = new PhotoExplainer(SmallClassifier.Create(preprocessing).WithInput([3, 12, 12]));
            foreach ((int x, int y) in ((int, int)[])[(24, 20), (40, 16), (20, 28)])
            {
                Image photo = SmallClassifier.Picture(64, 48, [.. Enumerable.Range(0, 16).Select(i => (x + (i % 4), y + (i / 4), (byte)255, (byte)0))]);
                ClassActivationMap map = explainer.ClassActivation(explainer.Read(photo), new() { Method = ClassActivationMethod.Cam, Class = 0 }, cancellation: TestContext.Current.CancellationToken);
                (double foundX, double foundY) = map.PeakInPhoto;
                Assert.True(Math.Abs(foundX - (x + 2)) <= 2 + (map.Photo.Placement.ScaleX / 2) && Math.Abs(foundY - (y + 2)) <= 2 + (map.Photo.Placement.ScaleY / 2), $"{preprocessing}: the spot at {x + 2}, {y + 2} is found at {foundX}, {foundY}");
            }
        }
    }

    [Fact]
    public void What_the_network_has_not_seen_is_dimmed_and_the_rest_coloured()
    {
        using var explainer = new PhotoExplainer(SmallClassifier.Create(SmallClassifier.Plain with { Resize = 4, Crop = new Size(4, 4) }));
        byte[] white = new byte[12 * 8 * 3];
        Array.Fill(white, (byte)255);
        (white[(4 * 12 + 6) * 3 + 1], white[(4 * 12 + 6) * 3 + 2]) = (0, 0); // one pixel is red, which is what the class has more of than of green
        ClassActivationMap map = explainer.ClassActivation(explainer.Read(new Image(12, 8, white)), new() { Method = ClassActivationMethod.Cam, Class = 0 }, cancellation: TestContext.Current.CancellationToken);
        Image drawn = map.Draw();

        Assert.Equal((12, 8), (drawn.Width, drawn.Height));
        Assert.Null(map.At(1.9, 4));
        Assert.NotNull(map.At(2.1, 4));
        Assert.Null(map.At(10, 4));
        Assert.Equal((byte)(255 * 0.35), drawn.Row(0)[0]);
        Assert.Equal(drawn.Row(0)[0], drawn.Row(7)[(10 * 3) + 2]);
        Assert.NotEqual(drawn.Row(4)[6 * 3], drawn.Row(0)[2 * 3]);
        Image small = map.Draw(6);
        Assert.Equal((6, 4), (small.Width, small.Height));
    }

    [Fact]
    public void Values_between_cells_are_interpolated_as_PyTorch_does_it()
    {
        // torch.nn.functional.interpolate(torch.tensor([[[[0., 1.], [2., 5.]]]]), size=(3, 4), mode="bilinear", align_corners=False)
        float[] expected = [0, 0.25f, 0.75f, 1, 1, 1.5f, 2.5f, 3, 2, 2.75f, 4.25f, 5];
        Assert.Equal(expected, BilinearGrid.Resize([0, 1, 2, 5], (2, 2), (3, 4)));
    }
}
