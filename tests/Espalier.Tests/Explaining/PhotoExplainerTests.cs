using System.Text.Json;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests.Explaining;

/// <summary>Explanations of a network that can be computed by hand.</summary>
public sealed class PhotoExplainerTests : IDisposable
{
    // Red 1 in row 0, column 1; red 0.4 and green 0.8 in row 2, column 3.
    private static readonly Image s_picture = SmallClassifier.Picture(4, 4, (1, 0, 255, 0), (3, 2, 102, 204));

    private readonly PhotoExplainer _explainer = new(SmallClassifier.Create());
    private readonly ExplainedPhoto _photo;

    public PhotoExplainerTests() => _photo = _explainer.Read(s_picture, "small");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _explainer.Dispose();

    [Fact]
    public void A_photo_is_classified_as_by_the_classifier()
    {
        using var classifier = new ImageClassifier(SmallClassifier.Create());
        Assert.Equal(classifier.Classify(s_picture), _photo.Predictions);
        Assert.Equal(0.5f + ((1.4f - 0.8f) / 16), _photo.Predictions.Single(prediction => prediction.Label == "red").Logit, 1e-6f);
        Assert.Equal((0, 1), (_explainer.ClassOf("red"), _explainer.ClassOf("1")));
        Assert.Contains("no class 'gren'; did you mean green", Assert.Throws<EspalierException>(() => _explainer.ClassOf("gren")).Message, StringComparison.Ordinal);
        Assert.Throws<EspalierException>(() => _explainer.ClassOf("2"));
    }

    [Fact]
    public void Cam_is_the_weighted_sum_of_the_maps_and_its_mean_is_the_score()
    {
        ClassActivationMap map = Activation(ClassActivationMethod.Cam, 0);

        Assert.Equal("relu", map.Node);
        RequireMap(map, (1, 1f), (11, 0.4f - 0.8f));
        Assert.Equal(map.Prediction.Logit - 0.5f, map.Values.ToArray().Average(), 1e-6f);
        Assert.Equal((0, 1), map.Peak);
        Assert.Equal((1.5, 0.5), map.PeakInPhoto);
        Assert.Equal(-0.4f, map.Low, 1e-6f);
        RequireMap(Activation(ClassActivationMethod.Cam, 1), (11, 2 * 0.8f));
    }

    [Fact]
    public void Grad_cam_weights_maps_by_their_mean_gradient()
    {
        RequireMap(Activation(ClassActivationMethod.GradCam, 0), (1, 1f / 16)); // of the second point 0.4 - 0.8 is negative
        RequireMap(Activation(ClassActivationMethod.GradCam, 1), (11, 2 * 0.8f / 16));
        Assert.Equal(ClassActivationMethod.GradCam, Activation(ClassActivationMethod.Auto, null).Method);
        RequireMap(Activation(ClassActivationMethod.GradCam, 0, "conv"), (1, 2f / 256)); // the ReLU is open at two pixels of red and one of green, so that 2 x 0.4 - 0.8 is 0 at the second point
    }

    [Fact]
    public void Score_cam_weights_maps_by_the_scores_of_the_masked_input()
    {
        // The mask of red is 1 at the first point and 0.4 at the second, that of green 0 and 1.
        double red = (1 + (0.4 * 0.4) - (0.4 * 0.8)) / 16, green = (0.4 - 0.8) / 16, ofRed = 1 / (1 + Math.Exp(green - red));
        RequireMap(Activation(ClassActivationMethod.ScoreCam, 0), (1, (float)ofRed), (11, (float)((ofRed * 0.4) + ((1 - ofRed) * 0.8))));
    }

    [Fact]
    public void A_softmax_at_the_end_changes_no_map()
    {
        using var explainer = new PhotoExplainer(SmallClassifier.Create(hasSoftmax: true));
        ExplainedPhoto photo = explainer.Read(s_picture);
        foreach (ClassActivationMethod method in (ClassActivationMethod[])[ClassActivationMethod.Cam, ClassActivationMethod.GradCam, ClassActivationMethod.ScoreCam])
        {
            Assert.Equal(Activation(method, 0).Values.ToArray(), explainer.ClassActivation(photo, new() { Method = method, Class = 0 }, cancellation: Cancellation).Values.ToArray());
        }
    }

    [Fact]
    public void Occlusion_is_the_mean_fall_of_the_probability_over_the_places_that_cover_a_pixel()
    {
        double Probability(double red, double green) => 1 / (1 + Math.Exp((-0.25 + (2 * green / 16)) - (0.5 + ((red - green) / 16))));
        double all = Probability(1.4, 0.8);

        OcclusionMap map = _explainer.Occlusion(_photo, new() { Patch = 2, Stride = 2, Fill = (0, 0, 0), Class = 0 }, cancellation: Cancellation);
        Assert.Equal(new Size(2, 2), map.Places);
        Assert.Equal([(float)Probability(0.4, 0.8), (float)all, (float)all, (float)Probability(1, 0)], map.Probabilities.ToArray(), new Near(1e-6f));
        Assert.Equal((float)(all - Probability(0.4, 0.8)), map.Values.Span[0], 1e-6f);
        Assert.Equal((float)(all - Probability(1, 0)), map.Values.Span[15], 1e-6f);
        Assert.True(map.Values.Span[15] < 0 && map.Low == 0);

        OcclusionMap dense = _explainer.Occlusion(_photo, new() { Patch = 3, Stride = 2, Class = 0 }, cancellation: Cancellation); // rows 0 and 1, the last touching the edge
        Assert.Equal(new Size(2, 2), dense.Places);
        Assert.Equal((float)(all - ((Probability(0.4, 0.8) + Probability(0, 0)) / 2)), dense.Values.Span[1], 1e-6f); // covered by the two places of the first row; the second of them covers both points
        OcclusionMap white = _explainer.Occlusion(_photo, new() { Patch = 4, Fill = (255, 255, 0), Class = 0 }, cancellation: Cancellation);
        Assert.Equal((float)Probability(16, 16), Assert.Single(white.Probabilities.ToArray()), 1e-6f);
    }

    [Fact]
    public void Squares_that_do_not_fit_are_refused()
    {
        Assert.Equal("a square of 5 pixels does not fit into the network's input of 4x4; expected at most 4", Assert.Throws<EspalierException>(() => _explainer.Occlusion(_photo, new() { Patch = 5 }, cancellation: Cancellation)).Message);
        Assert.Contains("leaves pixels that it never covers", Assert.Throws<EspalierException>(() => _explainer.Occlusion(_photo, new() { Patch = 2, Stride = 3 }, cancellation: Cancellation)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _explainer.Occlusion(_photo, new() { Patch = 0 }, cancellation: Cancellation));
        Assert.Throws<ArgumentOutOfRangeException>(() => _explainer.Occlusion(_photo, new() { Class = 2 }, cancellation: Cancellation));
        Assert.Throws<ArgumentOutOfRangeException>(() => _explainer.ClassActivation(_photo, new() { Class = -1 }, cancellation: Cancellation));
    }

    [Fact]
    public void Maps_are_those_of_the_node_and_drawn_channel_by_channel()
    {
        FeatureMaps maps = _explainer.Maps(_photo, "relu");
        Assert.Equal((2, new Size(4, 4)), (maps.Channels, maps.Size));
        Assert.Equal(1, maps[0][1]);
        Assert.Equal(0.8f, maps[1][11], 1e-6f);
        Image grid = maps.Draw();
        Assert.Equal((2 * 33 + 1, 34), (grid.Width, grid.Height)); // two channels of 4 x 4 pixels, 8 times enlarged
        Assert.Equal([253, 231, 37], PixelOf(grid, 1 + 8 + 4, 1 + 4), new Near(5));
        Assert.Equal([68, 1, 84], PixelOf(grid, 34 + 4, 4), new Near(5));
        Assert.Equal(_photo.Input.Read<float>().ToArray(), _explainer.Maps(_photo, "input").Values.ToArray());
        Assert.Equal(new Size(1, 1), _explainer.Maps(_photo, "fc").Size);
    }

    [Fact]
    public void Colours_are_those_of_viridis()
    {
        string[] table = ["440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"]; // of 0, 1/9 … 1
        foreach ((int i, string expected) in table.Index())
        {
            (byte red, byte green, byte blue) = Viridis.Of(i / 9.0);
            Assert.Equal(Convert.FromHexString(expected).Select(value => (float)value), [red, green, blue], new Near(5));
        }

        Assert.Equal((Viridis.Of(0), Viridis.Of(1)), (Viridis.Of(-1), Viridis.Of(2)));
    }

    [Fact]
    public void The_receptive_field_of_a_pointwise_layer_is_its_pixel()
    {
        PhotoReceptiveField field = _explainer.ReceptiveField(_photo, "relu", 2, 3);
        Assert.Equal(new PixelBox(2, 3, 3, 4), field.Region.Inside);
        RequireMap(field, (11, 2f)); // of red and of green, each 1
        Assert.Equal((1, 1.0, 1.0), (field.EffectivePixels, field.EffectiveSide, field.Ratio));
        PhotoReceptiveField pooled = _explainer.ReceptiveField(_photo, "pool");
        Assert.Equal((new Size(4, 4), 2), (new Size((int)pooled.Region.Inside!.Value.Height, (int)pooled.Region.Inside.Value.Width), pooled.EffectivePixels)); // the ReLU is closed elsewhere
    }

    [Fact]
    public void The_numbers_are_json()
    {
        using JsonDocument json = JsonDocument.Parse(Activation(ClassActivationMethod.Cam, 0).ToJson());
        JsonElement root = json.RootElement;
        Assert.Equal(("cam", "small", "relu", "red"), (root.GetProperty("kind").GetString(), root.GetProperty("image").GetString(), root.GetProperty("node").GetString(), root.GetProperty("label").GetString()));
        Assert.Equal([[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, -0.4], [0, 0, 0, 0]], root.GetProperty("map").EnumerateArray().Select(row => row.EnumerateArray().Select(value => Math.Round(value.GetDouble(), 6)).ToArray()).ToArray());
        PhotoExplanation[] others = [_explainer.Maps(_photo, "relu"), _explainer.Occlusion(_photo, cancellation: Cancellation), _explainer.ReceptiveField(_photo, "conv")];
        Assert.All(others, explanation => JsonDocument.Parse(explanation.ToJson()).Dispose());
    }

    [Fact]
    public void What_cannot_be_located_is_refused()
    {
        string Refusal(ClassActivationMethod method, string node) => Assert.Throws<EspalierException>(() => Activation(method, 0, node)).Message;
        Assert.Contains("'fc' has no feature map to locate a class in: it is of shape [2]; the last node with one is 'relu'", Refusal(ClassActivationMethod.GradCam, "fc").Replace("shape 2;", "shape [2];", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("it is the input", Refusal(ClassActivationMethod.ScoreCam, "input"), StringComparison.Ordinal);
        Assert.Contains("CAM is computed at 'relu'", Refusal(ClassActivationMethod.Cam, "conv"), StringComparison.Ordinal);
        Assert.Contains("no node or scope 'rellu'; did you mean relu", Refusal(ClassActivationMethod.GradCam, "rellu"), StringComparison.Ordinal);
        Assert.Contains("depend on nothing but themselves", Assert.Throws<EspalierException>(() => _explainer.ReceptiveField(_photo, "input")).Message, StringComparison.Ordinal);
        using var vgg = new PhotoExplainer(Zoo.Create("cifar_vgg16").Initialize(1));
        ExplainedPhoto photo = vgg.Read(TinyData.Picture(1));
        Assert.Equal(vgg.LastSpatialNode, vgg.ClassActivation(photo, cancellation: Cancellation).Node);
        _explainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _explainer.Maps(_photo, "relu"));
    }

    private ClassActivationMap Activation(ClassActivationMethod method, int? output, string? node = null) =>
        _explainer.ClassActivation(_photo, new ClassActivationOptions { Method = method, Class = output, Node = node }, cancellation: Cancellation);

    private static void RequireMap(PhotoHeatMap map, params (int Index, float Value)[] expected)
    {
        float[] values = new float[16];
        foreach ((int index, float value) in expected)
        {
            values[index] = value;
        }

        Assert.Equal(values, map.Values.ToArray(), new Near(1e-6f));
    }

    private static float[] PixelOf(Image image, int x, int y) => Array.ConvertAll(image.Row(y).Slice(x * 3, 3).ToArray(), value => (float)value);

    private sealed class Near(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float value) => 0;
    }
}
