using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>
/// A generated data set that needs no files: images of one of ten shapes with random colour, position, size and rotation, on textured backgrounds with distracting objects.
/// </summary>
/// <remarks>
/// Each image is a function of seed and index, identical on every machine. Colour, position and mean are independent of the class, so a linear
/// classifier of pixels learns almost nothing, while a small convolutional network reaches a high accuracy. Classes alternate: sample
/// <c>i</c> has class <c>i mod 10</c>.
/// </remarks>
public sealed class GeneratedShapes : IDataset
{
    private readonly CounterRandom _random;
    private readonly ulong _seed;
    private readonly int _side;

    /// <summary>Creates a data set of any size; images are generated when they are read.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="side">Side of the images in pixels; at least 8, and at least 16 for all classes to be distinguishable.</param>
    /// <param name="seed">Random seed; different seeds give different images.</param>
    public GeneratedShapes(int count, int side = 32, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 8);
        Count = count;
        SampleShape = [Image.Channels, side, side];
        _side = side;
        _seed = seed;
        _random = new CounterRandom(seed).Stream("shapes");
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; } = [.. Enum.GetNames<ShapeKind>().Select(name => name.ToLowerInvariant())];

    /// <inheritdoc/>
    public Shape? SampleShape { get; }

    /// <inheritdoc/>
    public int LabelOf(int index) => index % Labels.Count;

    /// <inheritdoc/>
    public string NameOf(int index) => $"shapes-{_seed}[{index}]";

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var draws = new Draws(_random.Stream((ulong)index));
        ShapeRenderer.Render((ShapeKind)LabelOf(index), ref draws, _side, pixels.Reset(_side, _side));
    }

    /// <summary>A training part and a validation part with different images.</summary>
    internal static TrainingData TrainingData(DataSourceOptions options) => new(
        new GeneratedShapes(options.GeneratedTraining, options.GeneratedSide, options.Seed),
        new GeneratedShapes(options.GeneratedValidation, options.GeneratedSide, new CounterRandom(options.Seed).Stream("validation").Bits(0)));
}
