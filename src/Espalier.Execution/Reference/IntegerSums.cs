using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Computes the region before a rounding. With s and c = q − z scale and integers of an input, w the weight's scale and t that of the rounding, in its units:</summary>
/// <remarks>
/// layer: float32(Σ c·weight + round(bias/(s·w))) · float32(s·w/t); value: float32(c) · float32(s/t); average pool: float32(Σ c) · float32(s/(n·t)) for n counted pixels;
/// product: float32(c·c′) · float32(s·s′/t); factors and shifts: float32(c) · float32(s·factor/t) + float32(shift/t); activations that do not only limit: <see cref="IntegerActivation"/>. Each factor is computed in double from left to right and rounded once.
/// </remarks>
internal static class IntegerSums
{
    /// <summary>The integers that a region's rounding gives, counted from its zero point.</summary>
    /// <param name="model">The model.</param>
    /// <param name="region">The region.</param>
    /// <param name="point">Scale and zero point of the rounding.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="inputs">The integers of a value, counted from its zero point, with its scale and zero point.</param>
    internal static int[] Of(Model model, IntegerRegion region, QuantizationPoint point, int batch, Func<string, (int[] Counted, QuantizationPoint Point)> inputs)
    {
        var sums = new Sums(model, point, batch, inputs);
        float[] values = sums.Of(region);
        (float low, float high) = region.Activation.Limits!.Value;
        (low, high) = ((float)((double)low / point.Scale), (float)((double)high / point.Scale));
        return Array.ConvertAll(values, value => (int)MathF.Round(point.Clamp(Math.Clamp(value, low, high))));
    }

    private sealed class Sums(Model model, QuantizationPoint to, int batch, Func<string, (int[] Counted, QuantizationPoint Point)> inputs)
    {
        internal float[] Of(IntegerRegion region)
        {
            Node body = region.Body;
            return region.IsValue ? Value(body.Name)
                : body == region.Layer ? Layer(body)
                : body.Op switch
                {
                    Add => Sum(body, region.Layer),
                    Multiply => Product(body),
                    Concat => Joined(body),
                    AveragePool pool => AveragePooled(body, pool),
                    AdaptiveAveragePool pool => AdaptivePooled(body, pool),
                    Affine or BatchNorm => Scaled(body),
                    ActivationOp op => Activated(body, op.Activation),
                    _ => throw new UnreachableException($"{body.Op.Kind} is not computed in integers."),
                };
        }

        private float[] Value(string name)
        {
            (int[] counted, QuantizationPoint from) = inputs(name);
            float factor = IntegerFactor.Of((double)from.Scale / to.Scale, model.Graph[name]);
            return Array.ConvertAll(counted, integer => integer * factor);
        }

        private float[] Sum(Node add, Node? layer)
        {
            float[] sum = Operand(add.Inputs[0], layer);
            foreach (string name in add.Inputs.Skip(1))
            {
                float[] other = Operand(name, layer);
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += other[i];
                }
            }

            return sum;
        }

        private float[] Operand(string name, Node? layer) => name == layer?.Name ? Layer(layer) : Value(name);

        private float[] Product(Node node)
        {
            ((int[] a, QuantizationPoint p), (int[] b, QuantizationPoint q)) = (inputs(node.Inputs[0]), inputs(node.Inputs[1]));
            float factor = IntegerFactor.Of((double)p.Scale * q.Scale / to.Scale, node);
            int each = a.Length / b.Length; // pixels, where the second has one value for each channel
            return [.. a.Select((integer, i) => integer * b[i / each] * factor)];
        }

        private float[] Joined(Node node)
        {
            float[][] parts = [.. node.Inputs.Select(Value)];
            return [.. Enumerable.Range(0, batch).SelectMany(sample => parts.SelectMany(part => part.AsSpan(sample * (part.Length / batch), part.Length / batch).ToArray()))];
        }

        private float[] Scaled(Node node)
        {
            (int[] counted, QuantizationPoint from) = inputs(node.Inputs[0]);
            (double[] factors, double[] shifts) = Factors(node);
            int each = counted.Length / batch / factors.Length;
            float[] scale = Array.ConvertAll(factors, factor => IntegerFactor.Of(from.Scale * factor / to.Scale, node)), shift = Array.ConvertAll(shifts, value => IntegerFactor.Of(value / to.Scale, node));
            var result = new float[counted.Length];
            for (int i = 0; i < result.Length; i++)
            {
                float product = counted[i] * scale[i / each % scale.Length];
                result[i] = product + shift[i / each % scale.Length];
            }

            return result;
        }

        private float[] Activated(Node node, Activation activation)
        {
            (int[] counted, QuantizationPoint from) = inputs(node.Inputs[0]);
            float[] values = IntegerActivation.Values(activation, from, to);
            return Array.ConvertAll(counted, integer => values[integer + from.ZeroPoint]);
        }

        private (double[] Factors, double[] Shifts) Factors(Node node)
        {
            double[] Numbers(string role, double otherwise, int count) => node.Op.Parameters.Any(spec => spec.Role == role)
                ? ReferenceExecutor.Numbers<double>(model.Value(node, role)) : [.. Enumerable.Repeat(otherwise, count)];
            int channels = model.Graph.ShapeOf(node.Name)[0];
            (double[] factors, double[] shifts) = (Numbers("weight", 1, channels), Numbers("bias", 0, channels));
            if (node.Op is BatchNorm norm)
            {
                (double[] mean, double[] variance) = (Numbers("running_mean", 0, channels), Numbers("running_var", 1, channels));
                for (int i = 0; i < channels; i++)
                {
                    factors[i] /= Math.Sqrt(variance[i] + norm.Epsilon);
                    shifts[i] -= mean[i] * factors[i];
                }
            }

            return (factors, shifts);
        }

        private float[] AveragePooled(Node node, AveragePool op)
        {
            PoolGeometry geometry = Geometry.Of(op);
            FeatureMap map = FeatureMap.Of(model.Graph.ShapeOf(node.Inputs[0]));
            return Pooled(node, (y, x) => (geometry.Rows(y, map.Height), geometry.Columns(x, map.Width)), (rows, columns) =>
                op.CountIncludePad ? rows.InsideOrPadding * columns.InsideOrPadding : rows.Inside * columns.Inside);
        }

        private float[] AdaptivePooled(Node node, AdaptiveAveragePool op)
        {
            FeatureMap map = FeatureMap.Of(model.Graph.ShapeOf(node.Inputs[0]));
            return Pooled(
                node, (y, x) => (PoolWindow.Adaptive(y, map.Height, op.Output.Height), PoolWindow.Adaptive(x, map.Width, op.Output.Width)), (rows, columns) => rows.Inside * columns.Inside);
        }

        private float[] Pooled(Node node, Func<int, int, (PoolWindow Rows, PoolWindow Columns)> window, Func<PoolWindow, PoolWindow, int> count)
        {
            (int[] counted, QuantizationPoint from) = inputs(node.Inputs[0]);
            (FeatureMap map, FeatureMap output) = (FeatureMap.Of(model.Graph.ShapeOf(node.Inputs[0])), FeatureMap.Of(model.Graph.ShapeOf(node.Name)));
            var result = new float[batch * output.Length];
            for (int i = 0; i < result.Length; i++)
            {
                int plane = i / output.Pixels * map.Pixels;
                (PoolWindow rows, PoolWindow columns) = window(i % output.Pixels / output.Width, i % output.Width);
                long sum = 0;
                for (int row = rows.First; row < rows.End; row++)
                {
                    for (int column = columns.First; column < columns.End; column++)
                    {
                        sum += counted[plane + (rows.Position(row) * map.Width) + columns.Position(column)];
                    }
                }

                int pixels = count(rows, columns);
                result[i] = pixels == 0 ? 0 : sum * (float)(from.Scale / ((double)pixels * to.Scale));
            }

            return result;
        }

        private float[] Layer(Node layer)
        {
            (int[] counted, QuantizationPoint from) = inputs(layer.Inputs[0]);
            (sbyte[] weight, int[] bias, float[] factors) = IntegerLayer.Of(model, layer, from, to);
            Conv2d op = IntegerLayer.Convolution(layer);
            (FeatureMap map, FeatureMap output) = (FeatureMap.Of(model.Graph.ShapeOf(layer.Inputs[0])), FeatureMap.Of(model.Graph.ShapeOf(layer.Name)));
            var result = new float[batch * output.Length];
            for (int i = 0; i < result.Length; i++)
            {
                int channel = i / output.Pixels % output.Channels;
                int sum = bias[channel] + Products(op, weight, channel, counted.AsSpan(i / output.Length * map.Length, map.Length), map, i % output.Pixels / output.Width, i % output.Width);
                result[i] = sum * factors[channel];
            }

            return result;
        }

        private static int Products(Conv2d op, sbyte[] weight, int channel, ReadOnlySpan<int> input, FeatureMap map, int y, int x)
        {
            int each = op.InChannels / op.Groups, first = channel / (op.OutChannels / op.Groups) * each, at = channel * each * op.Kernel.Area, sum = 0;
            for (int i = 0; i < each; i++)
            {
                for (int tap = 0; tap < op.Kernel.Area; tap++, at++)
                {
                    int row = (y * op.Stride.Height) - op.Padding.Top + (tap / op.Kernel.Width * op.Dilation.Height);
                    int column = (x * op.Stride.Width) - op.Padding.Left + (tap % op.Kernel.Width * op.Dilation.Width);
                    bool isInside = row >= 0 && row < map.Height && column >= 0 && column < map.Width; // padding is the zero point: 0
                    sum += isInside ? weight[at] * input[((((first + i) * map.Height) + row) * map.Width) + column] : 0;
                }
            }

            return sum;
        }
    }
}
