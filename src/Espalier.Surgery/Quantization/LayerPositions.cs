using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What a convolution or linear layer reads at output positions that are drawn evenly from samples: for each group of channels the elements that an output depends on, in the order of the weight.</summary>
internal sealed class LayerPositions
{
    private readonly FeatureMap _input;
    private readonly Size _output;
    private readonly Window _window;
    private readonly CounterRandom _random;
    private readonly long _samples;
    private readonly int _channels; // of a group
    private int _taken;

    /// <summary>Prepares for the positions of a layer.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="count">The number of positions.</param>
    /// <param name="samples">The number of samples that they are drawn from.</param>
    /// <param name="random">Draws them.</param>
    internal LayerPositions(Graph graph, Node layer, int count, long samples, CounterRandom random)
    {
        _input = FeatureMap.Of(graph.ShapeOf(layer.Inputs[0]));
        _output = FeatureMap.Of(graph.ShapeOf(layer.Name)).Size;
        _window = layer.Op is Conv2d conv ? conv.Window : new Window(1);
        Groups = layer.Op is Conv2d { Groups: var groups } ? groups : 1;
        (_samples, _random, Count) = (samples, random.Stream(layer.Name), count);
        _channels = _input.Channels / Groups;
        Length = _channels * _window.Kernel.Height * _window.Kernel.Width;
        Row = (Length + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        Values = [.. Enumerable.Range(0, Groups).Select(_ => new float[(long)count * Row])];
    }

    /// <summary>The number of groups.</summary>
    internal int Groups { get; }

    /// <summary>The number of positions.</summary>
    internal int Count { get; }

    /// <summary>The elements that an output depends on.</summary>
    internal int Length { get; }

    /// <summary><see cref="Length"/> up to whole vectors; zeros follow.</summary>
    internal int Row { get; }

    /// <summary>For each group [position, <see cref="Row"/>].</summary>
    internal float[][] Values { get; }

    /// <summary>The elements at the positions that fall on some samples: [position, group, <see cref="Row"/>].</summary>
    /// <param name="first">The number of the first sample.</param>
    /// <param name="values">What the layer reads of them.</param>
    internal float[] Read(long first, Tensor values)
    {
        int batch = values.Shape[0], length = (int)(values.Shape.Count / batch);
        (int start, int end) = (PositionAt(first), PositionAt(first + batch));
        float[] rows = new float[(long)(end - start) * Groups * Row];
        for (int taken = start; taken < end; taken++)
        {
            int sample = (int)((taken * _samples / Count) - first);
            ReadOnlySpan<float> own = values.Read<float>().Slice(sample * length, length);
            int position = (int)_random.Below((ulong)taken, (long)_output.Height * _output.Width);
            for (int group = 0; group < Groups; group++)
            {
                Copy(own.Slice(group * _channels * _input.Pixels), position / _output.Width, position % _output.Width, rows.AsSpan((((taken - start) * Groups) + group) * Row, Length));
            }
        }

        return rows;
    }

    /// <summary>Takes the elements at the next positions, as <see cref="Read"/> returns them.</summary>
    internal void Take(ReadOnlySpan<float> rows)
    {
        for (int at = 0; at < rows.Length; at += Groups * Row, _taken++)
        {
            for (int group = 0; group < Groups; group++)
            {
                rows.Slice(at + (group * Row), Row).CopyTo(Values[group].AsSpan(_taken * Row));
            }
        }
    }

    // The first position of a sample or a later one.
    private int PositionAt(long sample) => (int)(((sample * Count) + _samples - 1) / _samples);

    private void Copy(ReadOnlySpan<float> values, int row, int column, Span<float> elements)
    {
        (int top, int left) = ((row * _window.Stride.Height) - _window.Padding.Top, (column * _window.Stride.Width) - _window.Padding.Left);
        int next = 0;
        for (int channel = 0; channel < _channels; channel++)
        {
            for (int i = 0; i < _window.Kernel.Height; i++)
            {
                for (int j = 0; j < _window.Kernel.Width; j++)
                {
                    (int y, int x) = (top + (i * _window.Dilation.Height), left + (j * _window.Dilation.Width));
                    bool isInside = y >= 0 && y < _input.Height && x >= 0 && x < _input.Width;
                    elements[next++] = isInside ? values[(channel * _input.Pixels) + (y * _input.Width) + x] : 0;
                }
            }
        }
    }
}
