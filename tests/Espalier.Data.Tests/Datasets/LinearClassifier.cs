using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Data.Tests.Datasets;

/// <summary>Softmax regression on pixels, trained sample by sample.</summary>
internal sealed class LinearClassifier(int inputs, int classes)
{
    private readonly float[] _weights = new float[inputs * classes];
    private readonly float[] _bias = new float[classes];
    private readonly float[] _input = new float[inputs];
    private readonly float[] _scores = new float[classes];
    private readonly PixelBuffer _pixels = new();

    internal void Train(IDataset data, int epochs, float rate)
    {
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            CounterRandom random = new CounterRandom(1).Stream((ulong)epoch);
            foreach (int index in Enumerable.Range(0, data.Count).OrderBy(i => random.Bits((ulong)i)))
            {
                Score(data, index);
                Softmax(_scores);
                _scores[data.LabelOf(index)] -= 1;
                for (int c = 0; c < classes; c++)
                {
                    AddScaled(_weights.AsSpan(c * inputs, inputs), _input, -rate * _scores[c]);
                    _bias[c] -= rate * _scores[c];
                }
            }
        }
    }

    internal double Accuracy(IDataset data) => Enumerable.Range(0, data.Count).Count(index =>
    {
        Score(data, index);
        return _scores.AsSpan().IndexOf(_scores.Max()) == data.LabelOf(index);
    }) / (double)data.Count;

    private void Score(IDataset data, int index)
    {
        data.Read(index, _pixels);
        ReadOnlySpan<byte> pixels = _pixels.Pixels;
        for (int i = 0; i < _input.Length; i++)
        {
            _input[i] = (pixels[i] / 127.5f) - 1;
        }

        for (int c = 0; c < classes; c++)
        {
            _scores[c] = _bias[c] + Dot(_weights.AsSpan(c * inputs, inputs), _input);
        }
    }

    private static void Softmax(Span<float> scores)
    {
        float most = float.NegativeInfinity, sum = 0;
        foreach (float score in scores)
        {
            most = MathF.Max(most, score);
        }

        foreach (ref float score in scores)
        {
            score = MathF.Exp(score - most);
            sum += score;
        }

        foreach (ref float score in scores)
        {
            score /= sum;
        }
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < left.Length; i += Vector<float>.Count)
        {
            sum += new Vector<float>(left[i..]) * new Vector<float>(right[i..]);
        }

        return Vector.Sum(sum);
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> values, float scale)
    {
        for (int i = 0; i < target.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(target[i..]) + (new Vector<float>(values[i..]) * scale)).CopyTo(target[i..]);
        }
    }
}
