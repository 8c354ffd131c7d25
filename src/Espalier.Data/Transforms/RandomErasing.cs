using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Erases a rectangle of a normalized input (Zhong et al., "Random Erasing Data Augmentation", AAAI 2020), with torchvision's sampling.</summary>
/// <param name="Probability">Probability that an input is changed, from 0 to 1.</param>
public sealed record RandomErasing(double Probability = 0.5)
{
    private const int Attempts = 10; // as torchvision
    private const ulong ValuesPerAttempt = 2;
    private const ulong FirstOfPlace = 1 + (Attempts * ValuesPerAttempt);

    /// <summary>Smallest and largest fraction of the area.</summary>
    public (double Least, double Greatest) Area { get; init; } = (0.02, 0.33);

    /// <summary>Smallest and largest ratio of height to width.</summary>
    public (double Least, double Greatest) Ratio { get; init; } = (0.3, 3.3);

    /// <summary>Whether the rectangle is filled with normal noise instead of 0, the mean colour.</summary>
    public bool Noise { get; init; }

    /// <summary>Erases a rectangle of an input, with the given probability.</summary>
    /// <param name="input">The input's floats.</param>
    /// <param name="shape">The input's shape: channels x height x width.</param>
    /// <param name="random">Random numbers of this sample and epoch.</param>
    public void Apply(Span<float> input, Shape shape, CounterRandom random)
    {
        if (random.Uniform(0) < Probability && Rectangle(shape[1], shape[2], random) is (int top, int left, int height, int width))
        {
            Erase(input, shape, top, left, height, width, random.Stream("noise"));
        }
    }

    /// <summary>The rectangle to erase, or <see langword="null"/> after ten that did not fit.</summary>
    internal (int Top, int Left, int Height, int Width)? Rectangle(int imageHeight, int imageWidth, CounterRandom random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ulong number = 1 + ((ulong)attempt * ValuesPerAttempt);
            double area = (double)imageHeight * imageWidth * random.Uniform(number, Area.Least, Area.Greatest);
            double ratio = Math.Exp(random.Uniform(number + 1, Math.Log(Ratio.Least), Math.Log(Ratio.Greatest)));
            double height = Math.Round(Math.Sqrt(area * ratio)), width = Math.Round(Math.Sqrt(area / ratio));
            if (height < imageHeight && width < imageWidth)
            {
                int top = (int)random.Below(FirstOfPlace, imageHeight - (int)height + 1);
                int left = (int)random.Below(FirstOfPlace + 1, imageWidth - (int)width + 1);
                return (top, left, (int)height, (int)width);
            }
        }

        return null;
    }

    private void Erase(Span<float> input, Shape shape, int top, int left, int height, int width, CounterRandom noise)
    {
        for (int channel = 0; channel < shape[0]; channel++)
        {
            for (int y = top; y < top + height; y++)
            {
                int start = (((channel * shape[1]) + y) * shape[2]) + left;
                Span<float> row = input.Slice(start, width);
                row.Clear();
                for (int x = 0; Noise && x < width; x++)
                {
                    row[x] = (float)noise.Normal((ulong)(start + x));
                }
            }
        }
    }
}
