using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>
/// A data set that needs no files: one of ten shapes in any colour, place, size and turn, on textured backgrounds with other things about.
/// </summary>
/// <remarks>
/// Each picture is a function of seed and index, the same on every machine. Colour, place and mean say nothing about the class, so a linear
/// classifier of pixels learns next to nothing, while a small convolutional network gets nearly all right. Classes take turns: sample
/// <c>i</c> is of class <c>i mod 10</c>.
/// </remarks>
public sealed class GeneratedShapes : IDataset
{
    private readonly CounterRandom _random;
    private readonly ulong _seed;
    private readonly int _side;

    /// <summary>A data set of any size; nothing is drawn before it is read.</summary>
    /// <param name="count">How many pictures.</param>
    /// <param name="side">Pixels of a side; at least 8, and 16 are needed to tell all classes apart.</param>
    /// <param name="seed">Another seed gives other pictures.</param>
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

    /// <summary>One part to learn from and one of other pictures to measure on.</summary>
    internal static TrainingData TrainingData(DataSourceOptions options) => new(
        new GeneratedShapes(options.GeneratedTraining, options.GeneratedSide, options.Seed),
        new GeneratedShapes(options.GeneratedValidation, options.GeneratedSide, new CounterRandom(options.Seed).Stream("validation").Bits(0)));
}
