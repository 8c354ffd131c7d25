using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>
/// Learns for each weight of one output channel whether it is rounded up or down (Nagel 2020, §3.3): w = s·clamp(⌊w/s⌋ + h(V)) with the rectified sigmoid h(V) = clamp(1.2·σ(V) − 0.1, 0, 1), V by Adam so that
/// the channel's results at drawn positions, after the activation that limits them, are near to those in floating point, and Σ(1 − |2h − 1|^β) small, β falling from 20 to 2 (its equations 21 to 25).
/// </summary>
/// <remarks>The error is divided by that of the nearest integers, and the second term by the number of weights, so that no weight of one against the other depends on a network's scale.</remarks>
internal sealed class ChannelRounding
{
    private const int Batch = 32;
    private const float Stretch = 1.2f, Shift = -0.1f; // ζ − γ and γ of the paper
    private const float Fixed = -10; // the V of weights that are zero, such as pruned ones: h is 0 there, and so is its slope
    private const float Rate = 3e-2f, First = 0.9f, Second = 0.999f, Tiny = 1e-8f; // Adam's
    private const double Warm = 0.2, Steepest = 20, Flattest = 2; // the part of the steps without the second term, and its β
    private readonly float[] _positions, _rounded; // [position, row]
    private readonly int _row, _count;
    private readonly float _bias, _low, _high;

    /// <summary>Prepares for a channel.</summary>
    /// <param name="positions">What the layer reads in floating point: [position, row], whole vectors with zeros at the end.</param>
    /// <param name="rounded">The same after rounding.</param>
    /// <param name="row">The length of a row.</param>
    /// <param name="bias">The channel's bias.</param>
    /// <param name="limits">The limits of the activation.</param>
    internal ChannelRounding(float[] positions, float[] rounded, int row, float bias, (float Low, float High) limits)
    {
        (_positions, _rounded, _row, _count, _bias) = (positions, rounded, row, positions.Length / row, bias);
        (_low, _high) = limits;
    }

    /// <summary>The integers: each the one below or above the weight, or the nearest ones if learning finds none better at these positions.</summary>
    /// <param name="weight">The weights.</param>
    /// <param name="scale">Their scale.</param>
    /// <param name="steps">Steps of the optimizer.</param>
    /// <param name="random">Draws the batches.</param>
    internal sbyte[] Learn(ReadOnlySpan<float> weight, float scale, int steps, CounterRandom random)
    {
        var nearest = new sbyte[weight.Length];
        for (int i = 0; i < nearest.Length; i++)
        {
            nearest[i] = QuantizedLayer.Round(weight[i], scale);
        }

        float[] expected = Results(_positions, weight);
        double least = Error(nearest, scale, expected);
        if (least == 0)
        {
            return nearest;
        }

        var learned = new Learned(this, weight, scale);
        for (int step = 0; step < steps; step++)
        {
            double progress = Math.Max(0, ((step + 1.0) / steps) - Warm) / (1 - Warm);
            learned.Step(step, expected, least, progress == 0 ? 0 : Flattest + ((Steepest - Flattest) * (1 - progress)), random);
        }

        sbyte[] integers = learned.Integers(nearest);
        return Error(integers, scale, expected) < least ? integers : nearest;
    }

    /// <summary>The mean squared error of the results with integers.</summary>
    internal double Error(sbyte[] integers, float scale, float[] expected)
    {
        float[] found = Results(_rounded, [.. integers.Select(integer => integer * scale)]);
        return found.Zip(expected, (a, b) => ((double)a - b) * ((double)a - b)).Sum() / _count;
    }

    /// <summary>What the channel computes at each position.</summary>
    internal float[] Results(float[] positions, ReadOnlySpan<float> weight)
    {
        var padded = new float[_row];
        weight.CopyTo(padded);
        return [.. Enumerable.Range(0, _count).Select(position => Limited(Dot(padded, positions.AsSpan(position * _row, _row)) + _bias))];
    }

    private float Limited(float result) => Math.Clamp(result, _low, _high);

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < a.Length; i += Vector<float>.Count)
        {
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        }

        return Vector.Sum(sum);
    }

    private sealed class Learned
    {
        private readonly ChannelRounding _channel;
        private readonly float _scale;
        private readonly float[] _floor, _v, _h, _weight, _gradient, _mean, _square;

        internal Learned(ChannelRounding channel, ReadOnlySpan<float> weight, float scale)
        {
            (_channel, _scale) = (channel, scale);
            float[][] rows = [.. Enumerable.Range(0, 7).Select(_ => new float[channel._row])];
            (_floor, _v, _h, _weight, _gradient, _mean, _square) = (rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6]);
            for (int i = 0; i < weight.Length; i++)
            {
                double quotient = Math.Clamp((double)weight[i] / scale, -QuantizedLayer.Greatest, QuantizedLayer.Greatest);
                _floor[i] = (float)Math.Floor(quotient);
                _v[i] = weight[i] == 0 ? Fixed : -MathF.Log((Stretch / (float)(quotient - Math.Floor(quotient) - Shift)) - 1); // h(V) is the fraction
            }
        }

        internal void Step(int step, float[] expected, double unit, double beta, CounterRandom random)
        {
            Weigh();
            Array.Clear(_gradient);
            for (int i = 0; i < Batch; i++)
            {
                int position = (int)random.Below(((ulong)step * Batch) + (ulong)i, _channel._count);
                ReadOnlySpan<float> elements = _channel._rounded.AsSpan(position * _channel._row, _channel._row);
                float result = Dot(_weight, elements) + _channel._bias;
                if (result >= _channel._low && result <= _channel._high)
                {
                    Accumulate(elements, (float)(2 * (result - expected[position]) * _scale / (Batch * unit)));
                }
            }

            Descend(step, (float)beta);
        }

        /// <summary>The floor of each weight, or 1 more where h is at least one half; the nearest where the weight is at a limit.</summary>
        internal sbyte[] Integers(sbyte[] nearest)
        {
            Weigh();
            return [.. nearest.Select((integer, i) => Math.Abs(integer) == QuantizedLayer.Greatest ? integer : (sbyte)Math.Clamp(_floor[i] + (_h[i] >= 0.5f ? 1 : 0), -QuantizedLayer.Greatest, QuantizedLayer.Greatest))];
        }

        private static Vector<float> Sigmoid(Vector<float> v) => Vector<float>.One / (Vector<float>.One + Vector.Exp(-v));

        private void Weigh()
        {
            Vector<float> greatest = new(QuantizedLayer.Greatest);
            for (int i = 0; i < _v.Length; i += Vector<float>.Count)
            {
                Vector<float> h = Vector.Min(Vector<float>.One, Vector.Max(Vector<float>.Zero, (Sigmoid(new(_v, i)) * new Vector<float>(Stretch)) + new Vector<float>(Shift)));
                h.CopyTo(_h, i);
                (Vector.Min(greatest, Vector.Max(-greatest, new Vector<float>(_floor, i) + h)) * new Vector<float>(_scale)).CopyTo(_weight, i);
            }
        }

        private void Accumulate(ReadOnlySpan<float> elements, float factor)
        {
            for (int i = 0; i < _gradient.Length; i += Vector<float>.Count)
            {
                (new Vector<float>(_gradient, i) + (new Vector<float>(factor) * new Vector<float>(elements[i..]))).CopyTo(_gradient, i);
            }
        }

        // Adam by V; 1 − |2h − 1|^β has the derivative −2β·|2h − 1|^(β−1)·sign(2h − 1) by h.
        private void Descend(int step, float beta)
        {
            (float first, float second) = (1 - MathF.Pow(First, step + 1), 1 - MathF.Pow(Second, step + 1));
            Vector<float> one = Vector<float>.One, zero = Vector<float>.Zero, tiny = new(Tiny), strength = new(2 * beta / _channel._row);
            for (int i = 0; i < _v.Length; i += Vector<float>.Count)
            {
                Vector<float> v = new(_v, i), h = new(_h, i), sigmoid = Sigmoid(v), distance = (h + h) - one;
                Vector<float> inside = Vector.BitwiseAnd(Vector.GreaterThan(h, zero), Vector.LessThan(h, one)).As<int, float>();
                Vector<float> slope = Vector.ConditionalSelect(inside.As<float, int>(), new Vector<float>(Stretch) * sigmoid * (one - sigmoid), zero);
                Vector<float> power = beta == 0 ? zero : Vector.Exp(new Vector<float>(beta - 1) * Vector.Log(Vector.Max(tiny, Vector.Abs(distance))));
                Vector<float> pull = strength * power * Vector.ConditionalSelect(Vector.LessThan(distance, zero), -one, one);
                Vector<float> gradient = (new Vector<float>(_gradient, i) - pull) * slope;
                Vector<float> mean = (new Vector<float>(First) * new Vector<float>(_mean, i)) + (new Vector<float>(1 - First) * gradient);
                Vector<float> square = (new Vector<float>(Second) * new Vector<float>(_square, i)) + (new Vector<float>(1 - Second) * gradient * gradient);
                mean.CopyTo(_mean, i);
                square.CopyTo(_square, i);
                (v - (new Vector<float>(Rate / first) * mean / (Vector.SquareRoot(square / new Vector<float>(second)) + tiny))).CopyTo(_v, i);
            }
        }
    }
}
